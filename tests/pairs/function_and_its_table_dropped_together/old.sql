CREATE TABLE runner (id integer PRIMARY KEY, rank integer);
CREATE FUNCTION fastest() RETURNS SETOF runner LANGUAGE sql STABLE AS 'SELECT * FROM runner';
CREATE FUNCTION rank_of(r runner) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT r.rank';
CREATE INDEX runner_rank ON runner (rank);
CREATE VIEW ranks AS SELECT rank_of(r) AS rank FROM fastest() r;
