CREATE TABLE t (id integer PRIMARY KEY, code text, legacy integer);
CREATE INDEX t_code ON t (code, legacy);
