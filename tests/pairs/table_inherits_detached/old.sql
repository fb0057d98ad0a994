CREATE TABLE vehicle (id integer PRIMARY KEY, wheels integer);
CREATE TABLE bus (seats integer, PRIMARY KEY (id)) INHERITS (vehicle);
