CREATE TABLE part (number integer, code text);
ALTER TABLE part ADD CONSTRAINT part_once UNIQUE (number);
ALTER TABLE part ADD CONSTRAINT part_again UNIQUE (number);
CREATE TABLE shelf (id integer PRIMARY KEY, place text);
ALTER TABLE shelf ADD CONSTRAINT shelf_id_once UNIQUE (id);
ALTER TABLE shelf ADD CONSTRAINT shelf_place_key UNIQUE (place) INCLUDE (id);
CREATE TABLE box (id integer NOT NULL, size integer);
ALTER TABLE box ADD PRIMARY KEY (id) INCLUDE (size);
