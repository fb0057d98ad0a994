-- roles: reader, writer

CREATE TABLE b (id integer, name text);
GRANT SELECT (name) ON b TO reader;
GRANT ALL ON b TO writer;
CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION g() FROM PUBLIC;
