CREATE TYPE one AS ENUM ('x', 'y');
CREATE TYPE two AS ENUM ('p', 'q');
CREATE TABLE t (id integer PRIMARY KEY, a one, b two);
