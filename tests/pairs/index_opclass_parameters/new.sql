CREATE EXTENSION pg_trgm;
CREATE TABLE doc (id integer PRIMARY KEY, body text);
CREATE INDEX doc_body ON doc USING gist (body gist_trgm_ops(siglen = 32));
CREATE INDEX doc_body_gin ON doc USING gin (body gin_trgm_ops);
