CREATE FUNCTION ok(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n > 0';
CREATE TABLE t (n integer CHECK (ok(n)));
CREATE INDEX t_ok ON t (ok(n));
