CREATE TABLE reading (id bigint, at timestamptz NOT NULL, sensor text, value numeric, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE reading_2024 PARTITION OF reading FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE TABLE reading_2025 PARTITION OF reading FOR VALUES FROM ('2025-01-01 00:00+00') TO (MAXVALUE);
CREATE TABLE reading_rest PARTITION OF reading DEFAULT;
CREATE INDEX reading_sensor ON reading (sensor);
COMMENT ON TABLE reading_rest IS 'should stay empty';
