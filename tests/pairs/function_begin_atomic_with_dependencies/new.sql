-- postgres: 14..

CREATE TABLE t (
    id integer PRIMARY KEY,
    n bigint
);
CREATE FUNCTION total() RETURNS numeric LANGUAGE sql STABLE BEGIN ATOMIC SELECT sum(n) FROM t; END;
CREATE VIEW report AS SELECT total() AS total;
CREATE FUNCTION twice() RETURNS numeric LANGUAGE sql STABLE RETURN total() * 2;
CREATE FUNCTION add_t(a integer) RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO t (id) VALUES (a); DELETE FROM t WHERE id < a; END;
