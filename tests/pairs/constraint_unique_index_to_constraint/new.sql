CREATE TABLE a (id integer, code text, UNIQUE (code));
CREATE TABLE b (id integer, code text);
CREATE UNIQUE INDEX b_code_key ON b (code);
