CREATE TYPE address AS (street text, house integer);
CREATE TABLE client (id integer PRIMARY KEY, home address, others address[]);
CREATE VIEW client_street AS SELECT id, (home).street AS street FROM client;
