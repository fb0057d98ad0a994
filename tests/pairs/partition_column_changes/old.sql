-- remakes: sale_b
-- why: The type of a column in a partition key cannot be changed.

CREATE TABLE sale (id integer, region text NOT NULL, amount integer, old text) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
CREATE TABLE sale_b PARTITION OF sale FOR VALUES IN ('b') PARTITION BY RANGE (id);
CREATE TABLE sale_b_1 PARTITION OF sale_b FOR VALUES FROM (0) TO (1000);
CREATE INDEX sale_amount ON sale (amount);
CREATE VIEW total AS SELECT sum(amount) AS total FROM sale;
