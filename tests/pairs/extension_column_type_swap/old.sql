CREATE EXTENSION citext;
CREATE TABLE person (id integer PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE VIEW emails AS SELECT email FROM person;
