CREATE TABLE person (id integer PRIMARY KEY, name text, born date);
CREATE VIEW adult AS
    SELECT id, name, born FROM person WHERE born < '2001-01-01';
CREATE VIEW adult_name AS SELECT name FROM adult;
