CREATE TABLE place (
    id integer,
    name text
);
CREATE TABLE capital (government text) INHERITS (place);
