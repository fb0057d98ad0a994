CREATE TABLE item (
    id integer PRIMARY KEY,
    a integer CHECK (a > 0) CHECK (a < 10)
);
