-- postgres: 18..
-- remakes: t.gone_virtual
-- why: A virtual column has no values that a plain one could keep.

CREATE TABLE t (
    a integer NOT NULL,
    doubled integer GENERATED ALWAYS AS (a * 2),
    gone_virtual integer GENERATED ALWAYS AS (a + 1),
    CONSTRAINT small CHECK (doubled < 100)
);
CREATE TABLE child (b integer GENERATED ALWAYS AS (a * 3)) INHERITS (t);
CREATE TABLE parts (id integer, v integer GENERATED ALWAYS AS (id + 1)) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (10);
COMMENT ON COLUMN t.doubled IS 'twice';
CREATE TABLE told (id integer PRIMARY KEY, v integer GENERATED ALWAYS AS (id + 1));
CREATE PUBLICATION news FOR TABLE told (id) WHERE (id > 0);
