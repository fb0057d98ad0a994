CREATE TABLE person (
    id integer PRIMARY KEY,
    code text
);
CREATE TABLE visit (person_code text);
