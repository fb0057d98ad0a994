CREATE TABLE customer (id integer PRIMARY KEY);
CREATE TABLE sale (id integer PRIMARY KEY, customer_id integer, amount integer);
ALTER TABLE sale ADD CONSTRAINT sale_customer FOREIGN KEY (customer_id) REFERENCES customer ON DELETE SET NULL NOT VALID;
ALTER TABLE sale ADD CONSTRAINT sale_amount CHECK (amount > 0) NOT VALID;
