CREATE SEQUENCE invoice_number;
CREATE FUNCTION next_code() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT md5(random()::text)';
CREATE TABLE invoice (
    id integer PRIMARY KEY,
    number integer DEFAULT nextval('invoice_number'),
    code text DEFAULT next_code(),
    due date DEFAULT (CURRENT_DATE + 14),
    rate numeric,
    flags integer[] DEFAULT '{}'::integer[],
    meta jsonb DEFAULT jsonb_build_object('a', 2)
);
