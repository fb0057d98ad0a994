CREATE TYPE span AS RANGE (SUBTYPE = bigint);
CREATE TABLE item (s span);
CREATE FUNCTION wide(span) RETURNS boolean LANGUAGE sql AS 'SELECT upper($1) > 5';
