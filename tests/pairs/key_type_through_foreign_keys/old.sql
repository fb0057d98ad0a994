CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a (id) ON DELETE CASCADE, UNIQUE (id, a));
CREATE TABLE c (b integer, a integer, FOREIGN KEY (b, a) REFERENCES b (id, a));
