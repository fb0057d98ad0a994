CREATE FUNCTION rev_cmp(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(b, a)';
CREATE TABLE t (n integer);
CREATE OPERATOR CLASS backwards FOR TYPE integer USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 rev_cmp(integer, integer);
CREATE INDEX t_backwards ON t (n backwards);
COMMENT ON OPERATOR CLASS backwards USING btree IS 'big ones first';
