CREATE TABLE span (id integer PRIMARY KEY, low text, high integer NOT NULL);
