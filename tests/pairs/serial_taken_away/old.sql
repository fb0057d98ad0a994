CREATE TABLE log (id serial PRIMARY KEY, n serial, line text);
