CREATE TABLE a (id integer, note text, more text, n integer) WITH (fillfactor = 70);
ALTER TABLE a ALTER COLUMN note SET STORAGE EXTERNAL, ALTER COLUMN n SET STATISTICS 100;
CREATE INDEX by_id ON a (id);
CREATE UNLOGGED TABLE fast (id integer);
