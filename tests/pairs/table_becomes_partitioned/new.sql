-- remakes: parent

CREATE TABLE parent (id integer, day date) PARTITION BY LIST (id);
CREATE TABLE child PARTITION OF parent FOR VALUES IN (1);
CREATE VIEW seen AS SELECT id FROM parent;
GRANT SELECT ON parent TO PUBLIC;
