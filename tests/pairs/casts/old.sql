CREATE TYPE celsius AS (degrees numeric);
CREATE FUNCTION to_celsius(n numeric) RETURNS celsius LANGUAGE sql IMMUTABLE AS 'SELECT ROW(n)::celsius';
CREATE FUNCTION from_celsius(c celsius) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT c.degrees';
CREATE CAST (numeric AS celsius) WITH FUNCTION to_celsius(numeric);
