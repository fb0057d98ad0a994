CREATE TABLE a (id integer, note text, more text, n integer) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE a ALTER COLUMN more SET STORAGE MAIN, ALTER COLUMN note SET STATISTICS 50, ALTER COLUMN n SET (n_distinct = 5);
CREATE INDEX by_id ON a (id) WITH (fillfactor = 50);
CREATE INDEX by_expression ON a ((id + n));
ALTER INDEX by_expression ALTER COLUMN 1 SET STATISTICS 200;
ALTER TABLE a CLUSTER ON by_id;
ALTER TABLE a REPLICA IDENTITY FULL;
CREATE TABLE fast (id integer);
ALTER TABLE fast ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
