CREATE TYPE address AS (street text, city text, zip text);
CREATE TABLE home OF address (street NOT NULL);
CREATE TABLE office (street text, city text, zip text);
