CREATE TABLE a (id integer PRIMARY KEY);
CREATE SUBSCRIPTION pairs_one CONNECTION 'host=example.org dbname=b' PUBLICATION p, q WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false, synchronous_commit = 'local');
COMMENT ON SUBSCRIPTION pairs_one IS 'from afar';
