-- roles: reader

CREATE TABLE detail (id integer, n integer);
CREATE VIEW summary AS SELECT id, sum(n) AS n FROM detail GROUP BY id;
GRANT SELECT ON summary TO reader;
