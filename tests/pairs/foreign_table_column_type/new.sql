CREATE TYPE state AS ENUM ('on', 'off', 'broken');
CREATE FOREIGN DATA WRAPPER away;
CREATE SERVER there FOREIGN DATA WRAPPER away;
CREATE FOREIGN TABLE lamp (id integer, state state, level date DEFAULT CURRENT_DATE) SERVER there;
