CREATE TABLE phone (
    id integer PRIMARY KEY,
    number text
    CHECK (number <> '')
);
