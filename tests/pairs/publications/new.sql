CREATE TABLE a (id integer PRIMARY KEY, b text);
CREATE TABLE c (id integer PRIMARY KEY);
CREATE PUBLICATION changes FOR TABLE a, c WITH (publish = 'insert, delete', publish_via_partition_root = true);
CREATE PUBLICATION nothing;
COMMENT ON PUBLICATION nothing IS 'yet';
CREATE PUBLICATION everything FOR ALL TABLES;
