CREATE TABLE t (id integer PRIMARY KEY, owner text, n integer DEFAULT 1);
CREATE VIEW a AS SELECT * FROM t WHERE owner = CURRENT_USER;
CREATE VIEW b AS SELECT id, n FROM t WHERE n > 0 WITH CASCADED CHECK OPTION;
CREATE VIEW c WITH (security_barrier = true, check_option = local) AS SELECT id, n FROM t WHERE n > 0;
