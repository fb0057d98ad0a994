CREATE DOMAIN email AS text NOT NULL CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE DOMAIN percent AS integer DEFAULT 50 CONSTRAINT in_range CHECK (VALUE BETWEEN 0 AND 1000) CONSTRAINT even CHECK (VALUE % 2 = 0);
CREATE DOMAIN code AS varchar(4) CHECK (VALUE = upper(VALUE));
COMMENT ON DOMAIN code IS 'four letters';
COMMENT ON CONSTRAINT even ON DOMAIN percent IS 'odd ones out';
CREATE TABLE contact (id integer PRIMARY KEY, email email, done percent, code code);
