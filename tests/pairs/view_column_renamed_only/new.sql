CREATE TABLE t (id integer PRIMARY KEY, name text);
CREATE VIEW v AS SELECT id, name AS title FROM t;
COMMENT ON VIEW v IS 'names';
