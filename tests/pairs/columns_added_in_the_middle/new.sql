CREATE TABLE product (
    id integer PRIMARY KEY,
    sku text NOT NULL DEFAULT '',
    name text NOT NULL,
    price numeric(10,2),
    tags text[] NOT NULL DEFAULT '{}',
    active boolean DEFAULT true
    , attributes jsonb DEFAULT '{}'::jsonb
);
