CREATE TABLE item (id integer, code text UNIQUE, n integer CHECK (n > 0));
CREATE INDEX old_name ON item (n);
ALTER TABLE item ADD CONSTRAINT old_key PRIMARY KEY (id);
CREATE TABLE part (item integer CONSTRAINT old_link REFERENCES item (id));
COMMENT ON INDEX old_name IS 'stays';
