CREATE TABLE event (id integer, at timestamptz, body text) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
CREATE TABLE plain (id integer, body text) WITH (parallel_workers = 4);
CREATE TABLE toasty (id integer, body text) WITH (toast.autovacuum_enabled = false, toast_tuple_target = 4096);
CREATE INDEX event_at ON event (at) WITH (deduplicate_items = off);
