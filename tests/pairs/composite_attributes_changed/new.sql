CREATE TYPE address AS (street text, city text, zip char(6));
COMMENT ON TYPE address IS 'postal';
COMMENT ON COLUMN address.street IS 'without number';
CREATE FUNCTION label(a address) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a.street';
