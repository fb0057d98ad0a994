-- postgres: 15..

CREATE TABLE t (
    id integer PRIMARY KEY,
    n numeric
);
CREATE VIEW a WITH (security_invoker = true, security_barrier = true) AS SELECT id, n FROM t WHERE n > 0 WITH LOCAL CHECK OPTION;
ALTER VIEW a ALTER COLUMN n SET DEFAULT 5;
