CREATE TABLE vehicle (id integer NOT NULL, wheels integer DEFAULT 4, CHECK (wheels > 0));
CREATE TABLE bus (id integer NOT NULL, wheels integer DEFAULT 6, seats integer, CONSTRAINT vehicle_wheels_check CHECK (wheels > 0))
    INHERITS (vehicle)
;
