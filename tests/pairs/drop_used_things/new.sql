CREATE TABLE item (id integer, k integer);
CREATE VIEW v AS SELECT id FROM item;
CREATE VIEW w AS SELECT id FROM v;
CREATE TABLE other (id integer);
