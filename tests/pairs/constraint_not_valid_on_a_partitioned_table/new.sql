-- postgres: 18..

CREATE TABLE shop (id integer PRIMARY KEY);
CREATE TABLE sale (id integer, shop integer, other integer) PARTITION BY RANGE (id);
CREATE TABLE sale_a PARTITION OF sale FOR VALUES FROM (0) TO (10);
ALTER TABLE sale ADD CONSTRAINT sale_shop FOREIGN KEY (shop) REFERENCES shop NOT VALID;
ALTER TABLE sale ADD CONSTRAINT sale_other FOREIGN KEY (other) REFERENCES shop;
