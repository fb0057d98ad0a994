CREATE TABLE customer (id integer PRIMARY KEY, name text, city text);
CREATE TABLE sale (id integer PRIMARY KEY, customer integer, amount numeric);
CREATE VIEW turnover AS SELECT c.id, c.name, c.city, sum(s.amount) AS amount FROM customer c LEFT JOIN sale s ON s.customer = c.id GROUP BY c.id;
