CREATE TABLE customer (id integer PRIMARY KEY);
CREATE TABLE sale (id integer PRIMARY KEY, customer_id integer, amount integer);
