CREATE TABLE t (
    id integer PRIMARY KEY,
    extra text,
    name text
);
CREATE VIEW v AS SELECT * FROM t;
CREATE VIEW w AS SELECT v.*, 1 AS one FROM v;
