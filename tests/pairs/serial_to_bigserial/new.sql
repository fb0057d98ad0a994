CREATE TABLE log (id bigserial PRIMARY KEY, line text);
