-- postgres: 18..

CREATE TABLE t (a integer, b integer, c integer NOT NULL, d integer);
ALTER TABLE t ADD CONSTRAINT t_b_there NOT NULL b NOT VALID;
CREATE TABLE child () INHERITS (t);
COMMENT ON CONSTRAINT t_c_not_null ON t IS 'needed';
