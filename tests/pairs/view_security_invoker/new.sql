-- postgres: 15..

CREATE TABLE t (id integer PRIMARY KEY, owner text);
CREATE VIEW a WITH (security_invoker = true) AS SELECT * FROM t;
CREATE VIEW b WITH (security_invoker = false, security_barrier = true) AS SELECT id FROM t;
