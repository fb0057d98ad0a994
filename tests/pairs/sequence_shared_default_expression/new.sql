CREATE SEQUENCE s2;
CREATE TABLE t (id text DEFAULT 'T' || lpad(nextval('s2')::text, 6, '0'), n integer DEFAULT nextval('s2'));
