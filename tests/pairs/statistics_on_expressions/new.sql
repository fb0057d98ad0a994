-- postgres: 14..

CREATE TABLE t (a integer, b text);
CREATE STATISTICS t_low ON lower(b), (a % 10) FROM t;
