CREATE TABLE customer (id integer PRIMARY KEY, name text, city text);
CREATE TABLE sale (id integer PRIMARY KEY, customer integer, amount numeric);
