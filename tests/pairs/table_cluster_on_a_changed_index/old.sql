CREATE TABLE reading (id integer PRIMARY KEY, at timestamptz, sensor text);
CREATE INDEX reading_sensor ON reading (sensor);
ALTER TABLE reading CLUSTER ON reading_sensor;
ALTER TABLE reading REPLICA IDENTITY FULL;
