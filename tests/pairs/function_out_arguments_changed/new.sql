CREATE FUNCTION split(t text, OUT head text, OUT tail text, OUT size integer) LANGUAGE sql IMMUTABLE AS $$SELECT left(t, 1), substr(t, 2), length(t)$$;
CREATE VIEW parts AS SELECT (split('abc')).head AS head;
