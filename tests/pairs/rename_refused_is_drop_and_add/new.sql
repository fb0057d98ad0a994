CREATE TABLE customer (id serial PRIMARY KEY, mail text NOT NULL);
CREATE TABLE other (id integer PRIMARY KEY, new_name text);
