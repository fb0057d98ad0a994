CREATE TABLE t (id integer PRIMARY KEY, n integer);
CREATE TABLE cache (id integer PRIMARY KEY, n integer);
CREATE INDEX cache_n ON cache (n);
CREATE VIEW w AS SELECT sum(n) AS n FROM cache;
