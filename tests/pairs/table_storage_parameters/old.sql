CREATE TABLE event (id integer, at timestamptz, body text) WITH (fillfactor = 70, autovacuum_enabled = false);
CREATE TABLE plain (id integer, body text);
CREATE TABLE toasty (id integer, body text) WITH (toast.autovacuum_vacuum_threshold = 100);
CREATE INDEX event_at ON event (at) WITH (fillfactor = 60);
