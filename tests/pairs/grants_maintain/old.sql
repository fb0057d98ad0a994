-- postgres: 17..
-- roles: app

CREATE TABLE t (id integer);
GRANT SELECT ON t TO app;
