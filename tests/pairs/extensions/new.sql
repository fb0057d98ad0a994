CREATE SCHEMA ext;
CREATE EXTENSION citext;
CREATE EXTENSION hstore WITH SCHEMA ext;
COMMENT ON EXTENSION citext IS 'any case';
CREATE TABLE person (id integer PRIMARY KEY, email citext UNIQUE, tags ext.hstore DEFAULT ''::ext.hstore);
