CREATE TABLE customer (id bigint PRIMARY KEY, name text);
CREATE VIEW names AS SELECT c.id, c.name, count(*) AS n FROM customer c GROUP BY c.id;
CREATE VIEW names_again AS SELECT * FROM names;
