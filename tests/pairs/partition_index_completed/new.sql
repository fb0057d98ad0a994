CREATE TABLE event (at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE event_b PARTITION OF event FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE INDEX event_kind ON ONLY event (kind);
CREATE INDEX event_a_kind ON event_a (kind);
ALTER INDEX event_kind ATTACH PARTITION event_a_kind;
CREATE INDEX event_b_kind ON event_b (kind);
ALTER INDEX event_kind ATTACH PARTITION event_b_kind;
