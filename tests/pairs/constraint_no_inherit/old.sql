CREATE TABLE base (
    id integer,
    CONSTRAINT pos CHECK (id > 0)
);
CREATE TABLE child () INHERITS (base);
