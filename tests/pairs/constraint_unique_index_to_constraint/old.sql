CREATE TABLE a (id integer, code text);
CREATE UNIQUE INDEX a_code_key ON a (code);
CREATE TABLE b (id integer, code text, UNIQUE (code));
