CREATE TABLE item (id integer PRIMARY KEY, name text);
CREATE VIEW items AS SELECT id, name FROM item;
CREATE FUNCTION shout(i items) RETURNS text LANGUAGE sql AS 'SELECT upper($1.name)';
CREATE OR REPLACE VIEW items AS SELECT id, name, shout(ROW(id, name, NULL)::items) AS loud FROM item;
