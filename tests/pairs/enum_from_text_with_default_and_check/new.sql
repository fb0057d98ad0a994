CREATE TYPE kind AS ENUM ('cat', 'dog');
CREATE TABLE pet (id integer PRIMARY KEY, kind kind NOT NULL DEFAULT 'dog', note kind);
