CREATE TABLE sale (id integer PRIMARY KEY, day date);
CREATE MATERIALIZED VIEW days AS SELECT day, id FROM sale;
CREATE MATERIALIZED VIEW first_day AS SELECT min(day) AS day FROM days;
