-- remakes: sale
-- why: A plain table cannot become a partitioned one.

CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount integer, PRIMARY KEY (id, region));
CREATE INDEX sale_amount ON sale (amount);
CREATE VIEW total AS SELECT sum(amount) AS total FROM sale;
