-- postgres: 15..

CREATE TABLE t (a integer, b integer, c integer, CONSTRAINT t_a UNIQUE (a) INCLUDE (c), CONSTRAINT t_b UNIQUE NULLS NOT DISTINCT (b) DEFERRABLE);
CREATE UNIQUE INDEX t_c ON t (c) WHERE a > 0;
CREATE UNIQUE INDEX t_d ON t (lower(c::text)) INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = 80);
