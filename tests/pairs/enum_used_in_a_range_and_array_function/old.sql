-- remakes: exam.best
-- why: A generated column whose type is replaced cannot be handed over to the new one.

CREATE TYPE grade AS ENUM ('a', 'b', 'c', 'd');
CREATE FUNCTION best(VARIADIC g grade[]) RETURNS grade LANGUAGE sql IMMUTABLE AS 'SELECT min(x) FROM unnest(g) x';
CREATE TABLE exam (id integer PRIMARY KEY, grades grade[] NOT NULL DEFAULT '{}', best grade GENERATED ALWAYS AS (best(VARIADIC grades)) STORED);
