CREATE TABLE item (id integer, name text, CONSTRAINT item_key PRIMARY KEY (id, name));
CREATE VIEW counted AS SELECT id, name, count(*) FROM item GROUP BY id, name;
