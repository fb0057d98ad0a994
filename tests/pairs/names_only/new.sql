CREATE TABLE item (id integer, code text CONSTRAINT one_code UNIQUE, n integer CONSTRAINT counted CHECK (n > 0));
CREATE INDEX new_name ON item (n);
ALTER TABLE item ADD CONSTRAINT new_key PRIMARY KEY (id);
CREATE TABLE part (item integer CONSTRAINT new_link REFERENCES item (id));
COMMENT ON INDEX new_name IS 'stays';
