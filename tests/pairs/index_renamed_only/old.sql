-- keeps: t_a=idx_a, t_b=idx_b

CREATE TABLE t (a integer, b text);
CREATE INDEX t_a ON t (a) WHERE b IS NOT NULL;
CREATE UNIQUE INDEX t_b ON t (lower(b));
COMMENT ON INDEX t_a IS 'kept';
