-- refused: on the way down, column `bus.id` cannot become inherited only, once it is its table's own
-- why: The server marks a column as inherited when it adds it, and never later.

CREATE TABLE vehicle (id integer PRIMARY KEY, wheels integer);
CREATE TABLE bus (seats integer, PRIMARY KEY (id)) INHERITS (vehicle);
