CREATE TYPE point3 AS (x bigint, y integer, z integer);
CREATE TABLE corner OF point3;
CREATE FUNCTION far(p point3) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT p.x > 100';
