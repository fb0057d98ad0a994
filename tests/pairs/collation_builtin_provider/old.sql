-- postgres: 17..

CREATE COLLATION plain (provider = builtin, locale = 'C');
CREATE TABLE word (w text COLLATE plain, v text COLLATE pg_catalog."C");
