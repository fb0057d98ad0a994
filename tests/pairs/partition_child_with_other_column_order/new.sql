CREATE TABLE sale (id integer, region text, amount integer) PARTITION BY LIST (region);
CREATE TABLE sale_a (amount integer, region text, id integer);
ALTER TABLE sale ATTACH PARTITION sale_a FOR VALUES IN ('a');
CREATE TABLE sale_b (region text, id integer, amount integer);
ALTER TABLE sale ATTACH PARTITION sale_b FOR VALUES IN ('b');
