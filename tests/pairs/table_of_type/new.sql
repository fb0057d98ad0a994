CREATE TYPE address AS (street text, city text, zip text);
CREATE TABLE home (street text NOT NULL, city text, zip text);
CREATE TABLE office OF address (zip DEFAULT '0000', PRIMARY KEY (street));
