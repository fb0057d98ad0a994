CREATE TABLE item (id integer PRIMARY KEY, name text);
CREATE VIEW counted AS SELECT id, name, count(*) FROM item GROUP BY id;
