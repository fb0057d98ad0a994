-- postgres: 14..

CREATE TABLE t (id integer, m integer);
CREATE FUNCTION one() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';
CREATE FUNCTION two() RETURNS bigint LANGUAGE sql RETURN (SELECT count(m) FROM t);
CREATE PROCEDURE put(INOUT a integer) LANGUAGE sql BEGIN ATOMIC INSERT INTO t (id, m) VALUES (a, a) RETURNING id; END;
CREATE VIEW v AS SELECT one() AS one, two() AS two;
