CREATE TABLE a (id integer PRIMARY KEY);
CREATE SUBSCRIPTION pairs_two CONNECTION 'host=example.org dbname=a password=secret' PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false);
