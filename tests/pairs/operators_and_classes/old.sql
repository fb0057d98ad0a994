CREATE TYPE pair AS (a integer, b integer);
CREATE FUNCTION pair_lt(x pair, y pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x.a < y.a';
CREATE FUNCTION pair_gt(x pair, y pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT x.a > y.a';
CREATE FUNCTION pair_add(x pair, y pair) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW(x.a + y.a, x.b + y.b)::pair';
CREATE OPERATOR <<< (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_lt);
