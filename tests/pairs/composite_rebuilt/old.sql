CREATE TYPE pair AS (a integer, b integer);
CREATE TABLE holds (p pair, ps pair[]);
CREATE FUNCTION first_of(pair) RETURNS integer LANGUAGE sql AS 'SELECT ($1).a';
CREATE VIEW firsts AS SELECT (p).a FROM holds;
