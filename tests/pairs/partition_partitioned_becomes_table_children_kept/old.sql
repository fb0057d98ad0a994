-- remakes: sale
-- why: A partitioned table cannot become a plain one; its partitions stay, with their rows.

CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount integer) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
