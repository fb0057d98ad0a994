CREATE TABLE country (code char(2) NOT NULL UNIQUE, id integer PRIMARY KEY);
CREATE TABLE city (id integer PRIMARY KEY, country char(2) REFERENCES country (code));
