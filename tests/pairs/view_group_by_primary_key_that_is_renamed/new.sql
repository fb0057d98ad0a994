CREATE TABLE customer (id integer, name text, CONSTRAINT
customer_pk
PRIMARY KEY (id));
CREATE VIEW names AS SELECT c.id, c.name, count(*) AS n FROM customer c GROUP BY c.id;
