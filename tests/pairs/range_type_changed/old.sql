CREATE TYPE span AS RANGE (subtype = float8);
CREATE TABLE reading (id integer PRIMARY KEY, during span DEFAULT 'empty');
CREATE INDEX reading_during ON reading USING gist (during);
