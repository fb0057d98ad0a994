CREATE TABLE reading (id integer PRIMARY KEY, at timestamptz, value integer, place point, code text);
CREATE INDEX reading_code ON reading (code);
