CREATE TABLE sale (id integer PRIMARY KEY, day date);
CREATE MATERIALIZED VIEW days AS SELECT DISTINCT day FROM sale;
ALTER MATERIALIZED VIEW days SET (fillfactor = 80, autovacuum_enabled = false);
CREATE INDEX days_day ON days (day);
