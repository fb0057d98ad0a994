CREATE SCHEMA core;
CREATE SCHEMA shop;
CREATE TYPE core.currency AS ENUM ('eur', 'usd');
CREATE TABLE core.person (id integer PRIMARY KEY);
CREATE FUNCTION core.rate(c core.currency) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$SELECT CASE c WHEN 'eur' THEN 1.0 ELSE 0.9 END$$;
CREATE TABLE shop.sale (id integer PRIMARY KEY, person_id integer REFERENCES core.person, currency core.currency DEFAULT 'eur', rate numeric GENERATED ALWAYS AS (core.rate('usd')) STORED);
CREATE VIEW public.sales AS SELECT s.id, p.id AS person FROM shop.sale s JOIN core.person p ON p.id = s.person_id;
