-- postgres: 15..

CREATE TABLE t (a integer, b integer, c integer, CONSTRAINT t_a UNIQUE NULLS NOT DISTINCT (a) INCLUDE (c), CONSTRAINT t_b UNIQUE (b));
CREATE UNIQUE INDEX t_c ON t (c) NULLS NOT DISTINCT WHERE a > 0;
