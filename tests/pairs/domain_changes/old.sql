CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE DOMAIN percent AS integer DEFAULT 0 NOT NULL CONSTRAINT in_range CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN code AS varchar(4);
CREATE TABLE contact (id integer PRIMARY KEY, email email, done percent, code code);
