-- remakes: doc.search

CREATE TEXT SEARCH CONFIGURATION mine (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION mine ADD MAPPING FOR asciiword WITH simple;
CREATE TABLE doc (id integer PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('mine'::regconfig, body)) STORED);
CREATE INDEX doc_search ON doc USING gin (search);
