-- roles: reader, writer, boss

CREATE SCHEMA app;
CREATE TYPE app.kind AS ENUM ('a');
CREATE DOMAIN app.word AS text;
CREATE TABLE app.t (id serial PRIMARY KEY, a text, b text);
CREATE VIEW app.v AS SELECT a FROM app.t;
CREATE FUNCTION app.f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE app.total(integer) (SFUNC = int4_sum, STYPE = bigint);
CREATE SEQUENCE app.s;
GRANT USAGE ON SCHEMA app TO reader;
GRANT SELECT ON app.t TO reader WITH GRANT OPTION;
GRANT INSERT, UPDATE ON app.t TO writer;
GRANT SELECT (a) ON app.t TO boss;
GRANT ALL ON app.v TO writer;
GRANT EXECUTE ON FUNCTION app.f(integer) TO reader;
GRANT USAGE ON SEQUENCE app.s TO writer;
REVOKE USAGE ON TYPE app.kind FROM PUBLIC;
