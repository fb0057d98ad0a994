-- remakes: sale

CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount integer, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
CREATE TABLE sale_rest PARTITION OF sale DEFAULT;
CREATE INDEX sale_amount ON sale (amount);
CREATE VIEW total AS SELECT sum(amount) AS total FROM sale;
