-- postgres: 18..

CREATE TABLE t (a integer, b integer);
ALTER TABLE t ADD CONSTRAINT a_there NOT NULL a NOT VALID;
