-- postgres: 17..
-- roles: app

CREATE TABLE t (id integer);
GRANT SELECT, MAINTAIN ON t TO app;
