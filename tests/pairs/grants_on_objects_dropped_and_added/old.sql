-- roles: reader, writer

CREATE TABLE a (id integer);
GRANT SELECT ON a TO reader;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT ALL ON FUNCTION f() TO writer;
