-- roles: reader, editor

CREATE TABLE person (id integer PRIMARY KEY, name text, born date, city text);
CREATE VIEW resident AS
    SELECT id, name, city FROM person;
COMMENT ON VIEW resident IS 'who lives where';
COMMENT ON COLUMN resident.city IS 'as registered';
GRANT SELECT ON resident TO reader;
GRANT UPDATE (city) ON resident TO editor;
CREATE VIEW city_size AS SELECT city, count(*) AS n FROM resident GROUP BY city;
GRANT SELECT ON city_size TO reader WITH GRANT OPTION;
CREATE MATERIALIZED VIEW city_top AS SELECT city, n FROM city_size ORDER BY n DESC LIMIT 10 WITH NO DATA;
CREATE UNIQUE INDEX city_top_city ON city_top (city);
COMMENT ON INDEX city_top_city IS 'for refresh';
CREATE VIEW smallest AS SELECT min(n) AS n FROM city_top;
CREATE FUNCTION in_city(c text) RETURNS SETOF resident LANGUAGE sql STABLE AS 'SELECT * FROM resident r WHERE r.city = c';
CREATE FUNCTION name_of(r resident) RETURNS text LANGUAGE sql STABLE AS 'SELECT r.name';
