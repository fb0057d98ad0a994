CREATE TYPE tone AS ENUM ('low', 'high');
CREATE FUNCTION play(t tone DEFAULT 'low', times integer DEFAULT 1) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT repeat(t::text, times)';
CREATE PROCEDURE stop(INOUT t tone) LANGUAGE plpgsql AS 'BEGIN t := ''low''; END';
CREATE VIEW song AS SELECT play('high') AS line;
