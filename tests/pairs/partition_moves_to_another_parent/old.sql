CREATE TABLE sale (id integer, region text) PARTITION BY LIST (region);
CREATE TABLE archive (id integer, region text) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
