CREATE TYPE point AS (x integer, y integer);
CREATE TYPE path AS ENUM ('short', 'long');
CREATE DOMAIN money AS numeric(10, 2) CHECK (VALUE >= 0);
CREATE TABLE pg_class (id integer, at public.point, way public.path DEFAULT 'short', price public.money);
CREATE FUNCTION lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE VIEW pg_views AS SELECT id FROM public.pg_class;
