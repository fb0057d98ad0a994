CREATE TABLE red (id integer PRIMARY KEY, wheels integer);
CREATE TABLE blue (id integer PRIMARY KEY, sails text);
CREATE INDEX red_idx ON red (wheels);
CREATE INDEX blue_idx ON blue (sails);
