CREATE TABLE t (a integer, b integer);
CREATE INDEX second ON t (a);
CREATE INDEX first ON t (b);
