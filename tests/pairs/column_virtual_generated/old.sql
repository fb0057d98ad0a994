-- postgres: 18..
-- remakes: t.c
-- why: A virtual column cannot become a stored one, nor the other way.

CREATE TABLE t (
    a integer,
    b integer GENERATED ALWAYS AS (a * 2) VIRTUAL,
    c integer GENERATED ALWAYS AS (a * 3) STORED
);
CREATE VIEW v AS SELECT a, b, c FROM t;
