CREATE SEQUENCE invoice_number;
CREATE FUNCTION next_code() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT md5(random()::text)';
CREATE TABLE invoice (
    id integer PRIMARY KEY,
    number integer,
    code text DEFAULT 'none',
    due date DEFAULT CURRENT_DATE,
    rate numeric DEFAULT 1.5,
    flags integer[] DEFAULT ARRAY[1, 2],
    meta jsonb DEFAULT '{"a": 1}'
);
