CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english, ACCEPT = false);
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, LANGUAGE = dutch, STOPWORDS = dutch);
CREATE TEXT SEARCH CONFIGURATION site (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION site ALTER MAPPING FOR asciiword, word WITH plain, stems;
ALTER TEXT SEARCH CONFIGURATION site DROP MAPPING FOR url, url_path;
COMMENT ON TEXT SEARCH CONFIGURATION site IS 'of the site';
COMMENT ON TEXT SEARCH DICTIONARY stems IS 'dutch';
CREATE TABLE doc (id integer PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, body)) STORED);
CREATE INDEX doc_search ON doc USING gin (search);
