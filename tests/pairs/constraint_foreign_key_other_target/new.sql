CREATE TABLE person (id integer PRIMARY KEY);
CREATE TABLE company (id integer PRIMARY KEY);
CREATE TABLE bill (
    id integer PRIMARY KEY,
    payer integer NOT NULL CONSTRAINT bill_payer_fkey REFERENCES company
);
