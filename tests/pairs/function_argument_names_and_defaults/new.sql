CREATE FUNCTION greet(who text, greeting text DEFAULT 'good day') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT greeting || who';
CREATE FUNCTION pad(t text, n integer, c text DEFAULT '.') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT rpad(t, n, c)';
CREATE VIEW hello AS SELECT greet('you', 'hi ') AS line, pad('x', 3, '-') AS box;
