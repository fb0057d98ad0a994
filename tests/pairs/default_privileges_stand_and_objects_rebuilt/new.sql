-- roles: reader

CREATE TABLE t (
    id integer PRIMARY KEY,
    n bigint
);
CREATE VIEW quiet AS SELECT n FROM t;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;
CREATE VIEW loud AS SELECT n FROM t;
CREATE TABLE later (id integer);
REVOKE ALL ON later FROM reader;
