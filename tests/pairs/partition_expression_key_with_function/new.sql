CREATE FUNCTION bucket(t text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT length(t) % 4';
CREATE TABLE word (w text) PARTITION BY RANGE (bucket(w), lower(w) COLLATE "C" text_pattern_ops);
CREATE TABLE word_low PARTITION OF word FOR VALUES FROM (0, MINVALUE) TO (2, MINVALUE);
