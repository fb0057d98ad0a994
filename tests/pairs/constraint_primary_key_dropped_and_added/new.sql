CREATE TABLE a (id integer NOT NULL, t text);
CREATE TABLE b (id integer PRIMARY KEY, t text);
CREATE TABLE c (id integer, t text, PRIMARY KEY (id) INCLUDE (t));
