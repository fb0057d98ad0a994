-- roles: app

CREATE FUNCTION tax(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n / 5';
COMMENT ON FUNCTION tax(integer) IS 'twenty percent';
REVOKE EXECUTE ON FUNCTION tax(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tax(integer) TO app;
CREATE TABLE bill (
    id integer PRIMARY KEY,
    net integer,
    vat numeric DEFAULT tax(100),
    CHECK (tax(net) >= 0)
);
CREATE INDEX bill_tax ON bill (tax(net));
CREATE VIEW bill_vat AS SELECT id, tax(net) AS vat FROM bill;
CREATE POLICY small ON bill USING (tax(net) < 100);
