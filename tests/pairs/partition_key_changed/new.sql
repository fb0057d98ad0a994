-- remakes: sale

CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, day date) PARTITION BY RANGE (day);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
