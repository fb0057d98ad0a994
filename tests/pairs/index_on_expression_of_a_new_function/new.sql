CREATE TABLE person (id integer PRIMARY KEY, name text);
CREATE FUNCTION slug(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT lower(regexp_replace(t, '\W+', '-', 'g'))$$;
CREATE UNIQUE INDEX person_slug ON person (slug(name));
