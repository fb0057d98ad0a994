CREATE FUNCTION minutes_between(a time, b time) RETURNS double precision LANGUAGE sql STRICT IMMUTABLE AS 'SELECT EXTRACT(epoch FROM (a - b)) / 60';
CREATE TYPE timerange AS RANGE (subtype = time, subtype_diff = minutes_between);
CREATE TABLE slot (id integer PRIMARY KEY, during timerange, EXCLUDE USING gist (during WITH &&));
COMMENT ON TYPE timerange IS 'within one day';
