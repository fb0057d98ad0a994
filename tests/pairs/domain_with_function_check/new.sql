CREATE FUNCTION is_even(i integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i % 2 = 0';
CREATE FUNCTION is_even_and_positive(i integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i > 0 AND is_even(i)';
CREATE DOMAIN even AS integer CHECK (is_even_and_positive(VALUE));
CREATE TABLE pairs (n even);
