CREATE TYPE celsius AS (degrees numeric);
CREATE FUNCTION to_celsius(n numeric) RETURNS celsius LANGUAGE sql IMMUTABLE AS 'SELECT ROW(n)::celsius';
CREATE FUNCTION from_celsius(c celsius) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT c.degrees';
CREATE CAST (numeric AS celsius) WITH FUNCTION to_celsius(numeric) AS ASSIGNMENT;
CREATE CAST (celsius AS numeric) WITH FUNCTION from_celsius(celsius) AS IMPLICIT;
COMMENT ON CAST (celsius AS numeric) IS 'drops the unit';
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE CAST (mood AS text) WITH INOUT AS ASSIGNMENT;
