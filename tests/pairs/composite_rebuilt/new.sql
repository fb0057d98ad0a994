CREATE TYPE pair AS (a bigint, b integer);
CREATE TABLE holds (p pair, ps pair[]);
CREATE FUNCTION first_of(pair) RETURNS bigint LANGUAGE sql AS 'SELECT ($1).a';
CREATE VIEW firsts AS SELECT (p).a FROM holds;
