CREATE TABLE box (
    w integer NOT NULL,
    h integer NOT NULL,
    area integer GENERATED ALWAYS AS (w * h) STORED
);
CREATE INDEX box_area ON box (area);
