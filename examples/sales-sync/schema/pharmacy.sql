-- The schema that the pharmacy wants: what the till in the shop writes, and what the
-- phone of the courier writes when it is back in reach of a network.

CREATE TABLE product (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    price numeric(10, 2) NOT NULL CHECK (price >= 0)
);

CREATE TABLE sale (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES product (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    total numeric(10, 2) NOT NULL,
    sold_at timestamptz NOT NULL DEFAULT now(),
    external_id uuid UNIQUE,
    source_device varchar(128) NOT NULL DEFAULT 'web',
    client_timestamp timestamptz,
    synced_at timestamptz,
    updated_at timestamptz
);

CREATE INDEX sale_sold_at ON sale (sold_at);
