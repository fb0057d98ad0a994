CREATE TABLE pet (
    id integer PRIMARY KEY
);
