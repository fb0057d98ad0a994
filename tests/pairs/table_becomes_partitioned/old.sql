-- remakes: parent

CREATE TABLE parent (id integer, day date);
CREATE TABLE child (id integer, day date);
CREATE VIEW seen AS SELECT id FROM parent;
GRANT SELECT ON parent TO PUBLIC;
