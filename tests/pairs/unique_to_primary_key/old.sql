CREATE TABLE item (id integer NOT NULL, code text, CONSTRAINT item_id UNIQUE (id));
CREATE TABLE part (item integer REFERENCES item (id), code text);
CREATE UNIQUE INDEX part_code ON part (code);
CREATE TABLE bit (code text REFERENCES part (code));
ALTER TABLE item CLUSTER ON item_id;
ALTER TABLE item REPLICA IDENTITY USING INDEX item_id;
