CREATE TABLE counter (id integer PRIMARY KEY, n integer);
CREATE FUNCTION next_n(c counter) RETURNS integer LANGUAGE sql AS 'SELECT $1.n + 1';
CREATE FUNCTION free_n() RETURNS integer LANGUAGE sql AS 'SELECT coalesce(max(n), 0) + 1 FROM counter';
ALTER TABLE counter ALTER COLUMN n SET DEFAULT free_n();
CREATE FUNCTION even(n integer) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION odd(n integer) RETURNS boolean LANGUAGE sql AS 'SELECT NOT even(n - 1)';
CREATE OR REPLACE FUNCTION even(n integer) RETURNS boolean LANGUAGE sql AS 'SELECT n = 0 OR odd(n - 1)';
