CREATE FUNCTION split(t text, OUT head text, OUT tail text) LANGUAGE sql IMMUTABLE AS $$SELECT left(t, 1), substr(t, 2)$$;
CREATE VIEW parts AS SELECT (split('abc')).head AS head;
