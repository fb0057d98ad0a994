CREATE TABLE person (id bigint NOT NULL, name text DEFAULT 'y', born date, CONSTRAINT named CHECK (name <> '-'), CONSTRAINT own CHECK (id > 0) NO INHERIT);
CREATE TABLE worker (wage numeric NOT NULL) INHERITS (person);
ALTER TABLE worker ALTER COLUMN name SET DEFAULT 'w';
