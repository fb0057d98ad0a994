CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    joined_at timestamptz NOT NULL DEFAULT now(),
    tier smallint NOT NULL DEFAULT 1 CHECK (tier BETWEEN 1 AND 5)
);
COMMENT ON TABLE customer IS 'People who may order';
COMMENT ON COLUMN customer.tier IS 'One is the lowest';
