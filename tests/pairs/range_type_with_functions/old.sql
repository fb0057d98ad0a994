CREATE TABLE slot (id integer PRIMARY KEY);
