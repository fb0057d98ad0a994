-- postgres: 17..

CREATE TABLE sale (id integer
    NOT NULL
, region text) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
