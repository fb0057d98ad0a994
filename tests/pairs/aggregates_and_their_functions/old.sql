CREATE FUNCTION step(s numeric, v numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT s * coalesce(v, 1)';
CREATE FUNCTION merge(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT a * b';
CREATE AGGREGATE product(numeric) (SFUNC = step, STYPE = numeric, INITCOND = '1');
CREATE AGGREGATE plain(integer) (SFUNC = int4_sum, STYPE = bigint);
CREATE TABLE factor (id integer, f numeric);
CREATE VIEW all_factors AS SELECT id, product(f) AS p FROM factor GROUP BY id;
