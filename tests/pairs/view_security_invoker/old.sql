-- postgres: 15..

CREATE TABLE t (id integer PRIMARY KEY, owner text);
CREATE VIEW a AS SELECT * FROM t;
CREATE VIEW b WITH (security_invoker = true) AS SELECT id FROM t;
