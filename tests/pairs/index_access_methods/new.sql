CREATE TABLE reading (id integer PRIMARY KEY, at timestamptz, value integer, place point, code text);
CREATE INDEX reading_code ON reading USING hash (code);
CREATE INDEX reading_at ON reading USING brin (at) WITH (pages_per_range = 64);
CREATE INDEX reading_place ON reading USING gist (place);
CREATE INDEX reading_spot ON reading USING spgist (place);
