CREATE TABLE item (id integer, name text);
CREATE MATERIALIZED VIEW a AS SELECT id FROM item;
CREATE INDEX a_id ON a (id);
CREATE TABLE b (id integer);
CREATE VIEW c AS SELECT id FROM item;
CREATE VIEW on_a AS SELECT id FROM a;
CREATE DOMAIN word AS text;
CREATE TABLE said (w word);
