CREATE TABLE a (id serial PRIMARY KEY, name text);
CREATE TABLE b (id bigserial PRIMARY KEY, name text);
INSERT INTO a (name) VALUES ('x'), ('y');
