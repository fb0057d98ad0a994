CREATE TABLE reading (id integer PRIMARY KEY, at timestamptz);
