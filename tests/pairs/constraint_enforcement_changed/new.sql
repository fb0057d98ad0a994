-- postgres: 18..

CREATE TABLE shop (id integer PRIMARY KEY);
CREATE TABLE sale (
    shop integer CONSTRAINT sale_shop REFERENCES shop NOT ENFORCED,
    other integer CONSTRAINT sale_other REFERENCES shop DEFERRABLE INITIALLY DEFERRED NOT ENFORCED,
    third integer CONSTRAINT sale_third REFERENCES shop ON DELETE CASCADE DEFERRABLE,
    n integer,
    CONSTRAINT sale_n CHECK (n > 0),
    CONSTRAINT sale_small CHECK (n < 10) NOT ENFORCED,
    CONSTRAINT sale_odd CHECK (n % 2 = 1) NOT ENFORCED
);
CREATE TABLE book (id integer, shop integer) PARTITION BY RANGE (id);
CREATE TABLE book_a PARTITION OF book FOR VALUES FROM (0) TO (10);
ALTER TABLE book ADD CONSTRAINT book_shop FOREIGN KEY (shop) REFERENCES shop;
CREATE TABLE base (n integer CONSTRAINT base_n CHECK (n > 1));
CREATE TABLE derived (CONSTRAINT derived_n CHECK (n > 2) NOT ENFORCED) INHERITS (base);
