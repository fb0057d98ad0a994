-- roles: reader

CREATE TABLE summary (id integer, n bigint);
GRANT SELECT ON summary TO reader;
