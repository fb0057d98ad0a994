CREATE FOREIGN DATA WRAPPER wrap OPTIONS (mode 'slow');
CREATE SERVER far TYPE 'box' VERSION '1' FOREIGN DATA WRAPPER wrap OPTIONS (host 'a.example', port '1');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS ("user" 'x', password 'y');
CREATE FOREIGN TABLE remote (id integer NOT NULL, name text OPTIONS (col 'n')) SERVER far OPTIONS (tab 'r');
