CREATE TABLE log (id serial PRIMARY KEY, line text);
