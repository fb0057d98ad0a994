/*
revision: 5b0000000001
down_revision: null
message: Users, products, orders
create_date: 2026-01-05T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE products (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sku text NOT NULL UNIQUE,
    title text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0)
);

CREATE TABLE orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    product_id uuid NOT NULL REFERENCES products (id),
    quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
    ordered_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_user_id ON orders (user_id);

-- rev:downgrade

DROP TABLE orders;

DROP TABLE products;

DROP TABLE users;
