CREATE DOMAIN money_amount AS numeric(8,2) CHECK (VALUE >= 0);
CREATE TABLE bill (id integer PRIMARY KEY, net money_amount NOT NULL DEFAULT 0, parts money_amount[]);
CREATE VIEW bill_net AS SELECT id, net FROM bill;
CREATE FUNCTION vat(a money_amount) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT a * 0.21';
