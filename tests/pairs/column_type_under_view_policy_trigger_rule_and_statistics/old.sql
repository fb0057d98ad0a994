CREATE TABLE shipment (
    id integer PRIMARY KEY,
    carrier text NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'new',
    cost numeric(8,2),
    changes integer NOT NULL DEFAULT 0
);
CREATE TABLE shipment_log (shipment_id integer, status text);
CREATE VIEW open_shipment AS SELECT id, carrier, status, cost FROM shipment WHERE status <> 'done';
CREATE VIEW open_cost AS SELECT carrier, sum(cost) AS total FROM open_shipment GROUP BY carrier;
COMMENT ON VIEW open_cost IS 'What is still to be paid';
COMMENT ON COLUMN open_cost.total IS 'in euro';
CREATE MATERIALIZED VIEW carrier_cost AS SELECT carrier, sum(cost) AS total FROM shipment GROUP BY carrier WITH NO DATA;
CREATE UNIQUE INDEX carrier_cost_carrier ON carrier_cost (carrier);
ALTER TABLE shipment ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_new ON shipment FOR SELECT USING (status = 'new');
CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changes := OLD.changes + 1; RETURN NEW; END';
CREATE TRIGGER shipment_changed BEFORE UPDATE OF status, cost ON shipment
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION count_change();
CREATE RULE log_status AS ON UPDATE TO shipment WHERE NEW.status = 'done'
    DO ALSO INSERT INTO shipment_log VALUES (NEW.id, NEW.status);
CREATE STATISTICS shipment_pairs (dependencies, ndistinct) ON carrier, status FROM shipment;
CREATE INDEX shipment_status ON shipment (status) WHERE cost > 10;
