-- postgres: 18..

CREATE TABLE shop (id integer NOT NULL, name text);
CREATE TABLE stall (id integer CONSTRAINT depot_id_not_null NOT NULL, name text CONSTRAINT shop_name_not_null NOT NULL);
