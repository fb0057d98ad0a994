CREATE TABLE base (
    id integer,
    CONSTRAINT pos CHECK (id > 0) NO INHERIT
);
CREATE TABLE child () INHERITS (base);
