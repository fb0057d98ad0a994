CREATE TABLE client (id serial PRIMARY KEY, mail text NOT NULL);
CREATE TABLE other (id integer PRIMARY KEY, old_name text);
