-- roles: app

CREATE SCHEMA billing;
COMMENT ON SCHEMA billing IS 'money';
GRANT USAGE ON SCHEMA billing TO app;
CREATE TABLE billing.invoice (id integer PRIMARY KEY, total numeric);
GRANT SELECT ON billing.invoice TO app;
CREATE VIEW billing.unpaid AS SELECT * FROM billing.invoice WHERE total > 0;
