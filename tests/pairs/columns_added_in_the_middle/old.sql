CREATE TABLE product (
    id integer PRIMARY KEY,
    name text NOT NULL,
    active boolean DEFAULT true
);
