CREATE TABLE trip (id integer, day date NOT NULL, note text) PARTITION BY RANGE (day);
CREATE TABLE trip_1 PARTITION OF trip FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX trip_note ON trip (note);
ALTER TABLE trip ADD CONSTRAINT trip_key PRIMARY KEY (id, day) WITH (fillfactor = 80);
