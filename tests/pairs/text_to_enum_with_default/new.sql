CREATE TYPE state AS ENUM ('open', 'done');
CREATE TABLE job (id integer, state state NOT NULL DEFAULT 'open', kind integer, tags state[] DEFAULT '{}');
CREATE INDEX by_state ON job (state);
CREATE VIEW jobs AS SELECT state, count(*) FROM job GROUP BY state;
