CREATE TYPE state AS ENUM ('a', 'b');
CREATE TABLE t (id integer PRIMARY KEY, s state DEFAULT 'a');
