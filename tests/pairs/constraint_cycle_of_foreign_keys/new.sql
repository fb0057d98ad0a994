CREATE TABLE team (id integer PRIMARY KEY, captain integer NOT NULL);
CREATE TABLE player (id integer PRIMARY KEY, team integer NOT NULL REFERENCES team);
ALTER TABLE team ADD FOREIGN KEY (captain) REFERENCES player DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE staff (id integer PRIMARY KEY, boss integer REFERENCES staff, team integer REFERENCES team);
