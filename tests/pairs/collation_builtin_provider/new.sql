-- postgres: 17..

CREATE COLLATION plain (provider = builtin, locale = 'C.UTF-8');
CREATE COLLATION second (provider = builtin, locale = 'C');
CREATE TABLE word (w text COLLATE plain, v text COLLATE second, u text COLLATE pg_catalog."pg_c_utf8");
