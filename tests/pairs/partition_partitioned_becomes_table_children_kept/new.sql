-- remakes: sale

CREATE TABLE sale (id integer NOT NULL, region text NOT NULL, amount integer);
CREATE TABLE sale_a (id integer NOT NULL, region text NOT NULL, amount integer);
