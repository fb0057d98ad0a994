CREATE TABLE base (id integer PRIMARY KEY, amount integer);
CREATE TABLE child (extra text) INHERITS (base);
CREATE VIEW totals AS SELECT sum(amount) AS total FROM base;
CREATE INDEX child_amount ON child (amount);
