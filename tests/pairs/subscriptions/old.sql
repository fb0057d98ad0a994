CREATE TABLE a (id integer PRIMARY KEY);
CREATE SUBSCRIPTION pairs_one CONNECTION 'host=example.org dbname=a' PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false);
