CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount numeric CHECK (amount > 0), PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE sale_north PARTITION OF sale FOR VALUES IN ('no', 'se');
CREATE TABLE sale_south PARTITION OF sale FOR VALUES IN ('it', 'es');
CREATE INDEX sale_amount ON sale (amount);
