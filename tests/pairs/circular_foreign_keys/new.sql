CREATE TABLE ping (id integer PRIMARY KEY, other integer, self integer REFERENCES ping (id));
CREATE TABLE pong (id integer PRIMARY KEY, other integer REFERENCES ping (id));
ALTER TABLE ping ADD FOREIGN KEY (other) REFERENCES pong (id);
