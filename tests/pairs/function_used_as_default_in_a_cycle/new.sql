SET check_function_bodies = off;
CREATE FUNCTION next_rank() RETURNS integer LANGUAGE sql VOLATILE AS 'SELECT coalesce(max(rank), 0) + 1 FROM runner';
CREATE TABLE runner (id integer PRIMARY KEY, rank integer NOT NULL DEFAULT next_rank());
CREATE FUNCTION fastest() RETURNS runner LANGUAGE sql STABLE AS 'SELECT * FROM runner ORDER BY rank LIMIT 1';
