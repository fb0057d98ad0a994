CREATE TABLE place (
    id integer PRIMARY KEY,
    country text NOT NULL DEFAULT 'nl',
    population integer CONSTRAINT some_people CHECK (population > 0),
    name text
);
CREATE TABLE capital (government text) INHERITS (place);
CREATE TABLE port (depth integer) INHERITS (place);
CREATE TABLE harbour_capital () INHERITS (capital, port);
CREATE INDEX capital_name ON capital (name);
