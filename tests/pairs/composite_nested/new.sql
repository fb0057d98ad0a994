CREATE TYPE inner_t AS (a integer, b text);
CREATE TYPE outer_t AS (i inner_t, t text, extra inner_t[]);
CREATE TYPE wrapper AS (o outer_t);
CREATE FUNCTION unwrap(w wrapper) RETURNS outer_t LANGUAGE sql IMMUTABLE AS 'SELECT w.o';
