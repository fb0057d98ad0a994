-- remakes: doc.search

CREATE TABLE doc (id integer PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, body)) STORED);
CREATE INDEX doc_search ON doc USING gin (search);
