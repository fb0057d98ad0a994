-- postgres: 18..
-- remakes: t.c

CREATE TABLE t (
    a integer,
    b integer GENERATED ALWAYS AS (a * 4) VIRTUAL,
    c integer GENERATED ALWAYS AS (a * 3) VIRTUAL,
    d integer GENERATED ALWAYS AS (a + 1)
);
CREATE VIEW v AS SELECT a, b, c FROM t;
