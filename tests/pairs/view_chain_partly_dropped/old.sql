CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);
CREATE VIEW v1 AS SELECT id, a
    , b
    FROM t;
CREATE VIEW v2 AS SELECT b FROM v1;
CREATE VIEW v3 AS SELECT v1.id, v2.b FROM v1 JOIN v2 ON v1.b = v2.b;
