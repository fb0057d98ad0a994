CREATE SEQUENCE s;
CREATE TABLE t (id text DEFAULT 'T' || nextval('s'), n integer);
