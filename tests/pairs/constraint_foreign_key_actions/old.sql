CREATE TABLE author (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE book (
    id integer PRIMARY KEY,
    author_id integer REFERENCES author,
    editor_id integer REFERENCES author ON DELETE CASCADE ON UPDATE SET NULL,
    code text REFERENCES author (code)
);
