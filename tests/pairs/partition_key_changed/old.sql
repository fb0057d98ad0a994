-- remakes: sale
-- why: The key of a partitioned table cannot be changed; its partitions stay, with their rows.

CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, day date) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
