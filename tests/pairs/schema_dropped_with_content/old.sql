CREATE TABLE keep (id integer PRIMARY KEY);
CREATE SCHEMA "Old Stuff";
CREATE TYPE "Old Stuff".kind AS ENUM ('a', 'b');
CREATE TABLE "Old Stuff".thing (id integer REFERENCES keep, kind "Old Stuff".kind);
CREATE FUNCTION "Old Stuff".f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE things (n integer DEFAULT "Old Stuff".f());
