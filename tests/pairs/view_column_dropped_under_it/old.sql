CREATE TABLE t (
    id integer PRIMARY KEY,
    gone text,
    name text
);
CREATE VIEW v AS SELECT id, gone, name FROM t;
CREATE VIEW w AS SELECT gone FROM v;
