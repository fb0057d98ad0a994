-- roles: reader

CREATE TABLE sale (id integer PRIMARY KEY, day date, amount numeric);
CREATE MATERIALIZED VIEW per_day AS
    SELECT day, sum(amount) AS amount, count(*) AS n FROM sale GROUP BY day WITH NO DATA;
CREATE UNIQUE INDEX per_day_day ON per_day (day);
CREATE INDEX per_day_n ON per_day (n) WHERE n > 5;
COMMENT ON MATERIALIZED VIEW per_day IS 'refreshed at night';
COMMENT ON COLUMN per_day.amount IS 'with tax';
GRANT SELECT ON per_day TO reader;
ALTER MATERIALIZED VIEW per_day CLUSTER ON per_day_day;
CREATE VIEW best_day AS SELECT max(amount) AS amount FROM per_day;
