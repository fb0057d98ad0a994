-- remakes: exam.best

CREATE TYPE grade AS ENUM ('a', 'b', 'c');
CREATE FUNCTION best(VARIADIC g grade[]) RETURNS grade LANGUAGE sql IMMUTABLE AS 'SELECT min(x) FROM unnest(g) x';
CREATE TABLE exam (id integer PRIMARY KEY, grades grade[] NOT NULL DEFAULT '{}', best grade GENERATED ALWAYS AS (best(VARIADIC grades)) STORED);
