CREATE TABLE item (id integer, name text);
CREATE VIEW a AS SELECT id FROM item;
CREATE MATERIALIZED VIEW b AS SELECT id FROM item;
CREATE TABLE c (id integer);
CREATE VIEW on_a AS SELECT id FROM a;
CREATE TYPE word AS ENUM ('x');
CREATE TABLE said (w word);
