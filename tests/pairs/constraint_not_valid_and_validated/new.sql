CREATE TABLE customer (id integer PRIMARY KEY);
CREATE TABLE sale (id integer PRIMARY KEY, customer_id integer, amount integer, vat integer);
ALTER TABLE sale ADD CONSTRAINT sale_customer FOREIGN KEY (customer_id) REFERENCES customer;
ALTER TABLE sale ADD CONSTRAINT sale_amount CHECK (amount > 0);
ALTER TABLE sale ADD CONSTRAINT sale_vat CHECK (vat >= 0) NOT VALID;
