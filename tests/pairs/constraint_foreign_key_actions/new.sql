CREATE TABLE author (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE book (
    id integer PRIMARY KEY,
    author_id integer REFERENCES author ON DELETE SET NULL,
    editor_id integer REFERENCES author ON DELETE RESTRICT,
    code text REFERENCES author (code) MATCH FULL ON UPDATE CASCADE
);
