CREATE TABLE t (a integer, b integer);
CREATE STATISTICS t_ab (ndistinct) ON a, b FROM t;
ALTER STATISTICS t_ab SET STATISTICS 77;
COMMENT ON STATISTICS t_ab IS 'kept';
