CREATE TABLE pet (id integer PRIMARY KEY, kind text NOT NULL DEFAULT 'dog' CHECK (kind IN ('cat', 'dog')), note varchar(9));
