CREATE TABLE t (id integer PRIMARY KEY, n integer);
CREATE MATERIALIZED VIEW cache AS SELECT id, n FROM t;
CREATE INDEX cache_n ON cache (n);
CREATE VIEW w AS SELECT sum(n) AS n FROM cache;
