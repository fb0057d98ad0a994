CREATE TABLE country (code char(2) PRIMARY KEY, id integer NOT NULL UNIQUE);
CREATE TABLE city (id integer PRIMARY KEY, country char(2) REFERENCES country (code));
