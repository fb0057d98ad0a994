CREATE SCHEMA core;
CREATE SCHEMA shop;
CREATE TYPE core.currency AS ENUM ('eur', 'usd');
CREATE TABLE core.person (id integer PRIMARY KEY);
CREATE TABLE shop.sale (id integer PRIMARY KEY, person_id integer);
