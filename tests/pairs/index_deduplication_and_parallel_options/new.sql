-- postgres: 14..

CREATE TABLE t (id integer, doc tsvector, at timestamptz) WITH (parallel_workers = 2);
CREATE INDEX t_id ON t (id);
CREATE INDEX t_at ON t USING brin (at timestamptz_bloom_ops (n_distinct_per_range = 100)) WITH (autosummarize = on);
CREATE TABLE u (id integer) WITH (vacuum_index_cleanup = off);
