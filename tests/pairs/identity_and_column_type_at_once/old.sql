CREATE TABLE slot (id integer GENERATED ALWAYS AS IDENTITY (START WITH 100), label text, code text NOT NULL);
