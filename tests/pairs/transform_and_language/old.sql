-- roles: app

CREATE TABLE t (n integer);
