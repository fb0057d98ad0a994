CREATE TABLE customer (id integer PRIMARY KEY);
CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, customer integer, PRIMARY KEY (id, region)
) PARTITION BY LIST (region);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES IN ('a');
CREATE TABLE sale_b PARTITION OF sale DEFAULT;
CREATE TABLE payment (sale integer, region text
);
