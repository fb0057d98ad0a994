CREATE DOMAIN tag AS text CHECK (VALUE IN ('a', 'b'));
CREATE TYPE label AS (text text, language text);
