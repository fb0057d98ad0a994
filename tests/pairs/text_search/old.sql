CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION site (COPY = simple);
CREATE TABLE doc (id integer PRIMARY KEY, body text, search tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, body)) STORED);
