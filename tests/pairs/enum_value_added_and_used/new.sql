CREATE TYPE state AS ENUM ('draft', 'open', 'waiting', 'done', 'lost');
CREATE TABLE job (id integer, state state DEFAULT 'draft', CHECK (state <> 'lost'));
CREATE VIEW waiting AS SELECT id FROM job WHERE state = 'waiting';
CREATE INDEX lost ON job (id) WHERE state = 'lost';
