-- roles: app

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app;
CREATE TABLE t (id integer);
COMMENT ON SCHEMA public IS 'ours';
