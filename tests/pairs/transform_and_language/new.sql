-- roles: app

CREATE TABLE t (n integer);
CREATE LANGUAGE mylang HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
COMMENT ON LANGUAGE mylang IS 'plpgsql by another name';
CREATE FUNCTION in_mylang() RETURNS integer LANGUAGE mylang AS 'BEGIN RETURN 1; END';
CREATE TYPE mine AS (a integer);
CREATE TRANSFORM FOR mine LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
COMMENT ON TRANSFORM FOR mine LANGUAGE sql IS 'odd';
