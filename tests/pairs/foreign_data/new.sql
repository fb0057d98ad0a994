CREATE FOREIGN DATA WRAPPER wrap OPTIONS (mode 'fast', debug 'on');
CREATE SERVER far TYPE 'box' VERSION '2' FOREIGN DATA WRAPPER wrap OPTIONS (host 'b.example');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS ("user" 'z');
CREATE USER MAPPING FOR postgres SERVER far;
CREATE FOREIGN TABLE remote (id bigint, name text OPTIONS (col 'm', "case" 'low') DEFAULT 'x' NOT NULL, extra date, CHECK (id > 0)) SERVER far OPTIONS (tab 's');
COMMENT ON SERVER far IS 'not near';
COMMENT ON FOREIGN TABLE remote IS 'elsewhere';
COMMENT ON FOREIGN DATA WRAPPER wrap IS 'thin';
