CREATE TYPE state AS ENUM ('open', 'done');
CREATE TABLE job (id integer, state state DEFAULT 'open');
