CREATE TABLE cache (key text PRIMARY KEY, value text);
CREATE UNLOGGED TABLE job (id integer PRIMARY KEY, payload text);
