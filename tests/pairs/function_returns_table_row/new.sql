CREATE TABLE item (
    id integer PRIMARY KEY,
    price numeric,
    name text
);
CREATE FUNCTION items() RETURNS SETOF item LANGUAGE sql STABLE AS 'SELECT * FROM item';
CREATE FUNCTION describe(i item) RETURNS text LANGUAGE sql STABLE AS 'SELECT i.name';
CREATE VIEW item_text AS SELECT describe(item) AS line FROM item;
