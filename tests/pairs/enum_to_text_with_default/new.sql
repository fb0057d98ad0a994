CREATE TABLE pet (id integer PRIMARY KEY, kind text NOT NULL DEFAULT 'dog', others text[]);
CREATE INDEX pet_kind ON pet (kind);
