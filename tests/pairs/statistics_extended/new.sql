CREATE TABLE address (id integer PRIMARY KEY, city text, zip text, country text);
CREATE STATISTICS address_a ON city, zip, country FROM address;
CREATE STATISTICS address_b (dependencies, mcv) ON zip, country FROM address;
ALTER STATISTICS address_b SET STATISTICS 300;
COMMENT ON STATISTICS address_b IS 'zip tells country';
CREATE STATISTICS address_new (ndistinct) ON city, country FROM address;
