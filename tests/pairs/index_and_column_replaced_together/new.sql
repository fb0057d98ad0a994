CREATE TABLE t (id integer PRIMARY KEY, code text, fresh uuid);
CREATE INDEX t_code ON t (code, fresh);
