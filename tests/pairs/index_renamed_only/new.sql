-- keeps: t_a=idx_a, t_b=idx_b

CREATE TABLE t (a integer, b text);
CREATE INDEX idx_a ON t (a) WHERE b IS NOT NULL;
CREATE UNIQUE INDEX idx_b ON t (lower(b));
COMMENT ON INDEX idx_a IS 'kept';
