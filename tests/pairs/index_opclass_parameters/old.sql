CREATE EXTENSION pg_trgm;
CREATE TABLE doc (id integer PRIMARY KEY, body text);
CREATE INDEX doc_body ON doc USING gist (body gist_trgm_ops);
