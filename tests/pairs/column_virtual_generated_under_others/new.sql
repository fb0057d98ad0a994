-- postgres: 18..
-- remakes: t.gone_virtual

CREATE TABLE t (
    a integer NOT NULL,
    doubled integer NOT NULL GENERATED ALWAYS AS (a * 2 + 0),
    gone_virtual integer,
    CONSTRAINT small CHECK (doubled < 200),
    late integer GENERATED ALWAYS AS (a - 1) VIRTUAL
);
CREATE TABLE child (b integer GENERATED ALWAYS AS (a * 4)) INHERITS (t);
CREATE TABLE parts (id integer, v integer GENERATED ALWAYS AS (id + 2), w integer GENERATED ALWAYS AS (id * 5)) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (10);
COMMENT ON COLUMN t.doubled IS 'two times';
CREATE TABLE told (id integer PRIMARY KEY, v integer GENERATED ALWAYS AS (id + 2));
CREATE PUBLICATION news FOR TABLE told (id) WHERE (id > 0);
