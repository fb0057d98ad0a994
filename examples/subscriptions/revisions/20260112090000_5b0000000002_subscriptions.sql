/*
revision: 5b0000000002
down_revision: 5b0000000001
message: Subscriptions
create_date: 2026-01-12T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

CREATE TABLE subscriptions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    product_id uuid NOT NULL REFERENCES products (id),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'cancelled')),
    interval_days integer NOT NULL DEFAULT 30,
    started_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX subscriptions_user_id ON subscriptions (user_id);

INSERT INTO users (email, name)
SELECT 'customer' || n || '@example.org', 'Customer ' || n FROM generate_series(1, 20) AS n;

INSERT INTO products (sku, title, price_cents)
VALUES ('BOX-S', 'Small box', 1900), ('BOX-L', 'Large box', 3400);

INSERT INTO subscriptions (user_id, product_id)
SELECT users.id, products.id FROM users CROSS JOIN products WHERE products.sku = 'BOX-S';

-- rev:downgrade

DROP TABLE subscriptions;

DELETE FROM products;

DELETE FROM users;
