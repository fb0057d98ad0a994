-- remakes: parent
-- why: A plain table cannot become a partitioned one.

CREATE TABLE parent (id integer, day date);
CREATE TABLE child (id integer, day date);
CREATE VIEW seen AS SELECT id FROM parent;
GRANT SELECT ON parent TO PUBLIC;
