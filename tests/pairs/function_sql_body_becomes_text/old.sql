-- postgres: 14..

CREATE TABLE t (id integer, n integer);
CREATE FUNCTION one() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM t);
CREATE FUNCTION two() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';
CREATE PROCEDURE put(a integer) LANGUAGE sql BEGIN ATOMIC INSERT INTO t (id) VALUES (a); END;
CREATE VIEW v AS SELECT one() AS one, two() AS two;
