-- rename: client=customer, customer.mail=email
-- keeps: client=customer, client_mail_key=customer_email_key

CREATE TABLE customer (id serial PRIMARY KEY, email text NOT NULL UNIQUE, born date);
CREATE INDEX customer_born ON customer (born);
CREATE TABLE sale (id integer PRIMARY KEY, client_id integer REFERENCES customer);
CREATE VIEW mails AS SELECT email AS mail FROM customer;
