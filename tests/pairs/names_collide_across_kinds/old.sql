CREATE TABLE thing (id integer);
CREATE INDEX thing_idx ON thing (id);
CREATE SEQUENCE counter;
