CREATE TABLE sale (id integer, region text, amount integer) PARTITION BY LIST (region);
CREATE TABLE sale_a (amount integer, region text, id integer);
CREATE TABLE sale_b PARTITION OF sale FOR VALUES IN ('b');
