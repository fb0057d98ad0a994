-- postgres: 14..

CREATE TYPE span AS RANGE (subtype = bigint, multirange_type_name = spans);
CREATE TABLE plan (busy int8multirange DEFAULT '{}', mine spans, seen datemultirange[], next tsmultirange);
CREATE FUNCTION widest(spans) RETURNS span LANGUAGE sql AS 'SELECT range_merge($1)';
CREATE INDEX plan_busy ON plan USING gist (busy);
