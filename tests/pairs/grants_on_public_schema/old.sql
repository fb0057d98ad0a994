-- roles: app

CREATE TABLE t (id integer);
