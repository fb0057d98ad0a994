-- postgres: 16..

CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&V << w <<< W');
CREATE TABLE word (w text COLLATE ruled);
CREATE INDEX word_w ON word (w);
