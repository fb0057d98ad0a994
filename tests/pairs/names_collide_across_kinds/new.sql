CREATE TABLE thing (id integer);
CREATE TABLE thing_idx (id integer PRIMARY KEY);
CREATE VIEW counter AS SELECT count(*) AS n FROM thing_idx;
