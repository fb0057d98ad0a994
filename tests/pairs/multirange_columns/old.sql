-- postgres: 14..

CREATE TYPE span AS RANGE (subtype = integer, multirange_type_name = spans);
CREATE TABLE plan (busy int4multirange DEFAULT '{}', mine spans, seen datemultirange[]);
CREATE FUNCTION widest(spans) RETURNS span LANGUAGE sql AS 'SELECT range_merge($1)';
CREATE INDEX plan_busy ON plan USING gist (busy);
