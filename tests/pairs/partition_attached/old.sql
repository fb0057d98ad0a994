CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount numeric CHECK (amount > 0)) PARTITION BY LIST (region);
CREATE INDEX sale_amount ON sale (amount);
CREATE TABLE sale_north (id integer NOT NULL, region text NOT NULL, amount numeric, CONSTRAINT sale_amount_check CHECK (amount > 0));
CREATE INDEX sale_north_amount_idx ON sale_north (amount);
