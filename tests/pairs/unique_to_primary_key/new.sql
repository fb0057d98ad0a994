CREATE TABLE item (id integer NOT NULL, code text, CONSTRAINT item_id PRIMARY KEY (id) INCLUDE (code) WITH (fillfactor = 80));
CREATE TABLE part (item integer REFERENCES item (id), code text NOT NULL, CONSTRAINT part_code PRIMARY KEY (code));
CREATE TABLE bit (code text REFERENCES part (code));
ALTER TABLE item CLUSTER ON item_id;
ALTER TABLE item REPLICA IDENTITY USING INDEX item_id;
