CREATE TABLE phone (
    id integer PRIMARY KEY,
    number text
);
CREATE FUNCTION valid_phone(n text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n ~ ''^[0-9]+$''; END';
ALTER TABLE phone ADD CONSTRAINT phone_valid CHECK (valid_phone(number));
