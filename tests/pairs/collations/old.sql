CREATE COLLATION short (provider = libc, locale = 'C');
CREATE COLLATION swap (provider = icu, locale = 'en');
