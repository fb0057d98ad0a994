CREATE TABLE base (id integer, kind text DEFAULT 'base');
CREATE TABLE child () INHERITS (base);
ALTER TABLE child ALTER COLUMN kind SET DEFAULT 'child';
