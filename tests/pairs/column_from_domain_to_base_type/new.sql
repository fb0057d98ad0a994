CREATE DOMAIN phone AS text CHECK (VALUE ~ '^[0-9+ ]+$');
CREATE TABLE contact (id integer PRIMARY KEY, email text NOT NULL, other phone);
