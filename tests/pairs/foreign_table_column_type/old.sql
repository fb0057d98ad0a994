CREATE TYPE state AS ENUM ('on', 'off');
CREATE FOREIGN DATA WRAPPER away;
CREATE SERVER there FOREIGN DATA WRAPPER away;
CREATE FOREIGN TABLE lamp (id integer, state text, level integer DEFAULT 4) SERVER there;
