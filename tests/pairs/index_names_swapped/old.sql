CREATE TABLE t (a integer, b integer);
CREATE INDEX first ON t (a);
CREATE INDEX second ON t (b);
