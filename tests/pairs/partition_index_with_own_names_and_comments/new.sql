CREATE TABLE event (at date NOT NULL, kind text, n integer) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE INDEX event_kind ON event (kind);
ALTER INDEX event_a_kind_idx RENAME TO event_a_by_kind;
COMMENT ON INDEX event_a_by_kind IS 'new';
CREATE UNIQUE INDEX event_one ON event (at, kind);
CREATE INDEX event_n ON event (n) WITH (fillfactor = 80);
