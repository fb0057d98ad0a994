-- postgres: 14..

CREATE TABLE t (id integer, doc tsvector, at timestamptz) WITH (toast_tuple_target = 2000, autovacuum_enabled = false);
CREATE INDEX t_id ON t (id) WITH (deduplicate_items = off);
CREATE INDEX t_at ON t USING brin (at timestamptz_minmax_multi_ops (values_per_range = 16));
CREATE TABLE u (id integer) WITH (vacuum_index_cleanup = auto);
