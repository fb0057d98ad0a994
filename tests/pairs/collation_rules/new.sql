-- postgres: 16..

CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&a < g');
CREATE TABLE word (w text COLLATE ruled);
CREATE INDEX word_w ON word (w);
