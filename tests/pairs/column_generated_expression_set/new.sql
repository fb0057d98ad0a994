-- postgres: 17..

CREATE TABLE box (
    width integer NOT NULL,
    height integer NOT NULL,
    area bigint NOT NULL GENERATED ALWAYS AS (width::bigint * height) STORED,
    label text GENERATED ALWAYS AS ('a box of ' || width) STORED
);
CREATE INDEX box_area ON box (area);
CREATE STATISTICS box_sizes ON area, width FROM box;
CREATE TABLE parts (id integer, v integer GENERATED ALWAYS AS (id + 2) STORED) PARTITION BY RANGE (id);
CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (10);
