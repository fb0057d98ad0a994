CREATE DOMAIN amount AS bigint CONSTRAINT sane CHECK (VALUE IS NOT NULL);
CREATE DOMAIN amounts AS amount[];
CREATE TYPE offer AS (label text, price amount);
CREATE TABLE bid (id integer, offers offer, history amounts, last amount DEFAULT 3);
