CREATE TABLE box (
    w integer NOT NULL,
    h integer NOT NULL,
    area integer
);
CREATE INDEX box_area ON box (area);
