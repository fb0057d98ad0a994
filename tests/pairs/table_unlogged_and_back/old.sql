CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value text);
CREATE TABLE job (id integer PRIMARY KEY, payload text);
