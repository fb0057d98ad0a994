CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE TABLE contact (id integer PRIMARY KEY, email email NOT NULL, other text);
