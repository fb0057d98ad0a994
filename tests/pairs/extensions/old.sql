CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE TABLE person (id integer PRIMARY KEY, email citext, tags text);
