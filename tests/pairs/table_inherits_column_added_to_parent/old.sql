CREATE TABLE place (
    id integer PRIMARY KEY,
    name text
);
CREATE TABLE capital (government text) INHERITS (place);
CREATE TABLE port (depth integer) INHERITS (place);
CREATE TABLE harbour_capital () INHERITS (capital, port);
CREATE INDEX capital_name ON capital (name);
