CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount numeric CHECK (amount > 0)) PARTITION BY LIST (region);
CREATE INDEX sale_amount ON sale (amount);
CREATE TABLE sale_north PARTITION OF sale FOR VALUES IN ('no');
