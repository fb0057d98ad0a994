CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE DOMAIN price AS numeric DEFAULT 0 NOT NULL;
CREATE TABLE item (code code, price price, codes code[]);
