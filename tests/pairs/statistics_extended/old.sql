CREATE TABLE address (id integer PRIMARY KEY, city text, zip text, country text);
CREATE STATISTICS address_a ON city, zip FROM address;
CREATE STATISTICS address_b (dependencies) ON zip, country FROM address;
CREATE STATISTICS address_old (mcv) ON city, country FROM address;
COMMENT ON STATISTICS address_b IS 'zip tells country';
