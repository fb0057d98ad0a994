-- remakes: doc.search
-- why: A generated column that needs what is replaced cannot let go of it.

CREATE TABLE doc (id integer PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, body)) STORED);
CREATE INDEX doc_search ON doc USING gin (search);
