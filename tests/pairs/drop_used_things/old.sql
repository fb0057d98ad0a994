CREATE TYPE mood AS ENUM ('a');
CREATE SEQUENCE counter;
CREATE FUNCTION n() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE item (id integer DEFAULT nextval('counter'), m mood, k integer DEFAULT n(), gone integer);
CREATE VIEW v AS SELECT id, gone, m FROM item;
CREATE VIEW w AS SELECT id FROM v;
CREATE TABLE other (id integer);
CREATE RULE r AS ON INSERT TO other DO ALSO INSERT INTO item (id) VALUES (NEW.id);
