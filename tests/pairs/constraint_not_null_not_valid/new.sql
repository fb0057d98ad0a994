-- postgres: 18..

CREATE TABLE t (a integer, b integer);
ALTER TABLE t ADD CONSTRAINT a_there NOT NULL a;
ALTER TABLE t ADD CONSTRAINT b_there NOT NULL b NOT VALID;
COMMENT ON CONSTRAINT b_there ON t IS 'soon';
