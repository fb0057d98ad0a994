CREATE FUNCTION add_up(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total(integer) (SFUNC = add_up, STYPE = integer, INITCOND = '0');
CREATE OPERATOR |+| (FUNCTION = add_up, LEFTARG = integer, RIGHTARG = integer);
CREATE VIEW sums AS SELECT total(x) AS t, 1 |+| 2 AS u FROM generate_series(1, 3) x;
CREATE PROCEDURE run(INOUT n integer) LANGUAGE plpgsql AS 'BEGIN n := n + 1; END';
