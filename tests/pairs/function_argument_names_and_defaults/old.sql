CREATE FUNCTION greet(name text, greeting text DEFAULT 'hello') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT greeting || name';
CREATE FUNCTION pad(t text, n integer DEFAULT 5, c text DEFAULT ' ') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT rpad(t, n, c)';
CREATE VIEW hello AS SELECT greet('you', 'hi ') AS line, pad('x', 3, '-') AS box;
