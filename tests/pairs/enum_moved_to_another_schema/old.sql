CREATE SCHEMA types;
CREATE TYPE public.kind AS ENUM ('cat', 'dog');
CREATE TABLE pet (id integer PRIMARY KEY, kind public.kind DEFAULT 'cat');
