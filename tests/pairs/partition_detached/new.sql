CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount numeric CHECK (amount > 0), PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE sale_north (id integer NOT NULL, region text NOT NULL, amount numeric, CONSTRAINT sale_amount_check CHECK (amount > 0), PRIMARY KEY (id, region));
