CREATE FUNCTION add_up(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $2 + $1';
CREATE AGGREGATE total(integer) (SFUNC = add_up, STYPE = integer, INITCOND = '5', PARALLEL = safe);
CREATE OPERATOR |+| (FUNCTION = add_up, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = |+|);
CREATE VIEW sums AS SELECT total(x) AS t, 1 |+| 2 AS u FROM generate_series(1, 3) x;
CREATE PROCEDURE run(INOUT n bigint) LANGUAGE plpgsql AS 'BEGIN n := n + 2; END';
COMMENT ON AGGREGATE total(integer) IS 'all of it';
COMMENT ON OPERATOR |+| (integer, integer) IS 'more';
