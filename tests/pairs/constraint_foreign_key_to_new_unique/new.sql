CREATE TABLE person (
    id integer PRIMARY KEY,
    code text UNIQUE
);
CREATE TABLE visit (person_code text REFERENCES person (code));
