CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION pair_lt(x pair, y pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x.a < y.a';
CREATE FUNCTION pair_gt(x pair, y pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x.a > y.a';
CREATE FUNCTION pair_add(x pair, y pair) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW(x.a + y.a, x.b + y.b)::pair';
CREATE OPERATOR <<< (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_lt, COMMUTATOR = >>>, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR >>> (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_gt, COMMUTATOR = <<<);
CREATE OPERATOR + (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_add);
COMMENT ON OPERATOR + (pair, pair) IS 'by part';
CREATE VIEW sums AS SELECT ROW(1, 2)::pair + ROW(3, 4)::pair AS p;
