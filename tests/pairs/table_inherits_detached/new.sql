CREATE TABLE vehicle (id integer PRIMARY KEY, wheels integer);
CREATE TABLE bus (id integer PRIMARY KEY, wheels integer, seats integer);
