CREATE COLLATION swap (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
CREATE COLLATION fresh (provider = libc, lc_collate = 'POSIX', lc_ctype = 'C');
COMMENT ON COLLATION fresh IS 'bytes';
CREATE TABLE word (w text COLLATE fresh, d text COLLATE swap UNIQUE);
