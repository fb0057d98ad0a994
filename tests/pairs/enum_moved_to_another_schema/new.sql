CREATE SCHEMA types;
CREATE TYPE types.kind AS ENUM ('cat', 'dog');
CREATE TABLE pet (id integer PRIMARY KEY, kind types.kind DEFAULT 'cat');
