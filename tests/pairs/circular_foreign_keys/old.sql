CREATE TABLE left_side (id integer PRIMARY KEY, other integer);
CREATE TABLE right_side (id integer PRIMARY KEY, other integer REFERENCES left_side (id));
ALTER TABLE left_side ADD FOREIGN KEY (other) REFERENCES right_side (id) DEFERRABLE INITIALLY DEFERRED;
