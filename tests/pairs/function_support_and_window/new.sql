CREATE FUNCTION numbers(n integer) RETURNS SETOF integer LANGUAGE sql IMMUTABLE ROWS 50 COST 10 AS 'SELECT generate_series(1, n)';
CREATE FUNCTION poly(a anyelement, b anyarray DEFAULT '{}'::integer[]) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE FUNCTION "Odd Name"("Arg One" integer DEFAULT 1) RETURNS "char" LANGUAGE sql AS $_$SELECT 'x'::"char" -- $$ inside
$_$;
