CREATE DOMAIN code AS varchar(20) CONSTRAINT short CHECK (length(VALUE) < 20) CHECK (VALUE <> 'x');
CREATE DOMAIN price AS numeric CHECK (VALUE >= 0);
ALTER DOMAIN price ADD CONSTRAINT big CHECK (VALUE < 1000) NOT VALID;
CREATE TABLE item (code code, price price DEFAULT 5, codes code[]);
