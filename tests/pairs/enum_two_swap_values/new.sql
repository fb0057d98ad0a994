CREATE TYPE one AS ENUM ('p', 'q');
CREATE TYPE two AS ENUM ('x', 'y');
CREATE TABLE t (id integer PRIMARY KEY, a one, b two);
