CREATE TYPE point AS (x integer, z integer);
CREATE TYPE path AS ENUM ('short', 'middle');
CREATE DOMAIN money AS numeric(10, 2) CHECK (VALUE > 0);
CREATE TABLE pg_class (id bigint, at public.point, way public.path DEFAULT 'middle', price public.money, more text);
CREATE INDEX pg_class_more ON public.pg_class (pg_catalog.lower(more));
CREATE FUNCTION lower(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE VIEW pg_views AS SELECT id, more FROM public.pg_class;
