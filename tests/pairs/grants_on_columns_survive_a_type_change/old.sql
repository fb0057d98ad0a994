-- roles: reader

CREATE TABLE t (
    id integer PRIMARY KEY,
    a integer
);
GRANT SELECT (a), UPDATE (a) ON t TO reader;
CREATE VIEW v AS SELECT a FROM t;
GRANT SELECT (a) ON v TO reader;
