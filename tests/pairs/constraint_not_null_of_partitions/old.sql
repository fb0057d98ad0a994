-- postgres: 18..

CREATE TABLE sale (id integer NOT NULL, day date NOT NULL, note text, shop integer) PARTITION BY RANGE (day);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE sale_b (id integer NOT NULL, day date NOT NULL, note text, shop integer CONSTRAINT in_a_shop NOT NULL);
ALTER TABLE sale ATTACH PARTITION sale_b FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE sale_c (id integer NOT NULL, day date NOT NULL, note text, shop integer);
