-- postgres: 18..

CREATE TABLE shop (id integer PRIMARY KEY);
CREATE TABLE sale (
    shop integer CONSTRAINT sale_shop REFERENCES shop,
    other integer CONSTRAINT sale_other REFERENCES shop DEFERRABLE NOT ENFORCED,
    third integer CONSTRAINT sale_third REFERENCES shop ON DELETE CASCADE NOT ENFORCED,
    n integer,
    CONSTRAINT sale_n CHECK (n > 0) NOT ENFORCED,
    CONSTRAINT sale_small CHECK (n < 10)
);
CREATE TABLE book (id integer, shop integer) PARTITION BY RANGE (id);
CREATE TABLE book_a PARTITION OF book FOR VALUES FROM (0) TO (10);
ALTER TABLE book ADD CONSTRAINT book_shop FOREIGN KEY (shop) REFERENCES shop NOT ENFORCED;
CREATE TABLE base (n integer CONSTRAINT base_n CHECK (n > 1) NOT ENFORCED);
CREATE TABLE derived () INHERITS (base);
