-- postgres: 17..

CREATE TABLE sale (id bigint GENERATED ALWAYS AS IDENTITY, region text, n integer NOT NULL) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
CREATE TABLE sale_b (id bigint NOT NULL, region text, n integer NOT NULL);
