-- rename: client=customer, customer.mail=email
-- keeps: client=customer, client_mail_key=customer_email_key

CREATE TABLE client (id serial PRIMARY KEY, mail text NOT NULL UNIQUE, born date);
CREATE INDEX client_born ON client (born);
CREATE TABLE sale (id integer PRIMARY KEY, client_id integer REFERENCES client);
CREATE VIEW mails AS SELECT mail FROM client;
