-- postgres: 18..

CREATE TABLE t (a integer, b integer CONSTRAINT t_b_there NOT NULL, c integer NOT NULL NO INHERIT, d integer);
CREATE TABLE child () INHERITS (t);
ALTER TABLE t ADD CONSTRAINT t_a_there NOT NULL a NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_d_there NOT NULL d NO INHERIT NOT VALID;
COMMENT ON CONSTRAINT t_a_there ON t IS 'one day';
COMMENT ON CONSTRAINT t_c_not_null ON t IS 'needed here';
