-- postgres: 18..

CREATE TABLE sale (id integer CONSTRAINT sale_has_id NOT NULL, day date NOT NULL, note text NOT NULL, shop integer NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE sale_a (id integer NOT NULL, day date NOT NULL, note text CONSTRAINT with_a_note NOT NULL, shop integer NOT NULL);
ALTER TABLE sale ATTACH PARTITION sale_a FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE sale_b PARTITION OF sale FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE sale_c PARTITION OF sale FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
