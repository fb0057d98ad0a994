CREATE SCHEMA room;
CREATE TYPE room.mood AS ENUM ('a', 'b');
CREATE TABLE room.item (id serial PRIMARY KEY, m room.mood DEFAULT 'a', parent integer REFERENCES room.item (id));
CREATE VIEW room.v AS SELECT * FROM room.item;
CREATE FUNCTION room.f(room.item) RETURNS room.mood LANGUAGE sql AS 'SELECT $1.m';
CREATE MATERIALIZED VIEW room.mv AS SELECT room.f(i) FROM room.item i;
CREATE TABLE public.refers (item integer REFERENCES room.item (id));
