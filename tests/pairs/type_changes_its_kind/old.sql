CREATE TYPE tag AS ENUM ('a', 'b');
CREATE DOMAIN label AS text;
