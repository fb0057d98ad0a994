CREATE TABLE reading (id integer PRIMARY KEY, at timestamptz);
ALTER TABLE reading CLUSTER ON reading_pkey;
