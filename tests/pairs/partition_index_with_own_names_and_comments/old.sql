CREATE TABLE event (at date NOT NULL, kind text, n integer) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE INDEX event_kind ON event (kind);
COMMENT ON INDEX event_a_kind_idx IS 'old';
