CREATE TABLE person (id integer NOT NULL, name text DEFAULT 'x', CONSTRAINT named CHECK (name <> ''));
CREATE TABLE worker (wage numeric) INHERITS (person);
