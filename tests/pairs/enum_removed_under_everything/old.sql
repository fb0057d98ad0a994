-- roles: reader, writer

CREATE TYPE state AS ENUM ('open', 'held', 'closed', 'lost');
COMMENT ON TYPE state IS 'where it stands';
GRANT USAGE ON TYPE state TO reader;
CREATE DOMAIN final_state AS state DEFAULT 'closed' CHECK (VALUE <> 'open'::state);
CREATE TYPE move AS (from_state state, to_state state, at timestamptz);
CREATE TABLE parcel (
    id integer PRIMARY KEY,
    state state NOT NULL DEFAULT 'open',
    history state[] NOT NULL DEFAULT ARRAY['open'::state],
    final final_state,
    last_move move,
    CHECK (state <> 'lost' OR final IS NOT NULL)
);
CREATE INDEX parcel_open ON parcel (id) WHERE state = 'open';
CREATE UNIQUE INDEX parcel_state ON parcel (state, id);
CREATE TABLE parcel_log (parcel_id integer, state state) PARTITION BY LIST (parcel_id);
CREATE TABLE parcel_log_1 PARTITION OF parcel_log FOR VALUES IN (1);
CREATE TABLE parcel_log_2 PARTITION OF parcel_log DEFAULT;
CREATE FUNCTION is_final(s state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT s IN ('closed', 'lost')$$;
CREATE FUNCTION all_states() RETURNS SETOF state LANGUAGE sql STABLE AS 'SELECT unnest(enum_range(NULL::state))';
CREATE VIEW open_parcel AS SELECT id, state FROM parcel WHERE NOT is_final(state);
CREATE VIEW open_count AS SELECT state, count(*) AS n FROM open_parcel GROUP BY state;
GRANT SELECT ON open_count TO reader, writer;
CREATE MATERIALIZED VIEW state_count AS SELECT state, count(*) AS n FROM parcel GROUP BY state WITH NO DATA;
CREATE UNIQUE INDEX state_count_state ON state_count (state);
ALTER TABLE parcel ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_open ON parcel FOR SELECT TO reader USING (state = 'open');
CREATE FUNCTION log_state() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER parcel_state_log AFTER UPDATE OF state ON parcel FOR EACH ROW WHEN (NEW.state = 'closed') EXECUTE FUNCTION log_state();
