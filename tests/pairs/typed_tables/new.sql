CREATE TYPE shape AS (id integer, name text, size numeric);
CREATE TABLE of_shape OF shape (PRIMARY KEY (id), size DEFAULT 1);
CREATE TABLE free (id integer, name text);
CREATE TABLE holds (s shape, all_s shape[]);
