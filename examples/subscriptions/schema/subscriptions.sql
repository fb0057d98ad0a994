CREATE TYPE loyalty_tier AS ENUM ('bronze', 'silver', 'gold');

CREATE TABLE subscriptions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    product_id uuid NOT NULL REFERENCES products (id),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'cancelled')),
    interval_days integer NOT NULL DEFAULT 30,
    started_at timestamptz NOT NULL DEFAULT now(),
    -- variants
    variant_ids jsonb NOT NULL DEFAULT '[]',
    variant_count integer NOT NULL DEFAULT 1 CHECK (variant_count > 0),
    -- cost breakdown
    pricing_config_id uuid REFERENCES pricing_configs (id),
    base_cost_cents integer NOT NULL DEFAULT 0,
    delivery_cost_cents integer NOT NULL DEFAULT 0,
    tax_cents integer NOT NULL DEFAULT 0,
    total_cost_cents integer NOT NULL GENERATED ALWAYS AS (base_cost_cents + delivery_cost_cents + tax_cents) STORED,
    currency char(3) NOT NULL DEFAULT 'EUR',
    -- delivery
    delivery_type text NOT NULL DEFAULT 'standard' CHECK (delivery_type IN ('standard', 'express', 'pickup')),
    delivery_address jsonb,
    next_delivery_on date,
    -- loyalty
    loyalty_tier loyalty_tier NOT NULL DEFAULT 'bronze',
    loyalty_points_earned integer NOT NULL DEFAULT 0,
    loyalty_discount_percent numeric(5, 2) NOT NULL DEFAULT 0
);

CREATE INDEX subscriptions_user_id ON subscriptions (user_id);

CREATE INDEX subscriptions_next_delivery ON subscriptions (next_delivery_on) WHERE status = 'active';

CREATE TABLE pricing_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    subscription_percent numeric(5, 2) NOT NULL CHECK (subscription_percent BETWEEN 0 AND 100),
    delivery_costs jsonb NOT NULL DEFAULT '{}',
    valid_during tstzrange NOT NULL,
    created_by uuid REFERENCES users (id)
);

CREATE TABLE subscription_cost_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id uuid NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    old_cost_cents integer,
    new_cost_cents integer NOT NULL,
    reason text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX subscription_cost_history_subscription ON subscription_cost_history (subscription_id, changed_at DESC);

CREATE TYPE payment_status AS ENUM ('pending', 'processing', 'succeeded', 'failed', 'refunded');

CREATE TABLE payment_intents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subscription_id uuid REFERENCES subscriptions (id),
    user_id uuid NOT NULL REFERENCES users (id),
    provider_id text NOT NULL UNIQUE,
    amount_cents integer NOT NULL CHECK (amount_cents > 0),
    currency char(3) NOT NULL DEFAULT 'EUR',
    status payment_status NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX payment_intents_open ON payment_intents (created_at) WHERE status IN ('pending', 'processing');

CREATE TABLE subscription_analytics (
    day date NOT NULL,
    product_id uuid NOT NULL REFERENCES products (id),
    active integer NOT NULL DEFAULT 0,
    started integer NOT NULL DEFAULT 0,
    cancelled integer NOT NULL DEFAULT 0,
    PRIMARY KEY (day, product_id)
);

CREATE TABLE payment_analytics (
    day date NOT NULL,
    currency char(3) NOT NULL,
    attempted integer NOT NULL DEFAULT 0,
    succeeded integer NOT NULL DEFAULT 0,
    volume_cents bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (day, currency),
    CHECK (succeeded <= attempted)
);

CREATE TABLE loyalty_accounts (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    tier loyalty_tier NOT NULL DEFAULT 'bronze',
    points integer NOT NULL DEFAULT 0 CHECK (points >= 0),
    tier_since date
);

CREATE TABLE points_transactions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES loyalty_accounts (user_id) ON DELETE CASCADE,
    order_id uuid REFERENCES orders (id),
    points integer NOT NULL CHECK (points <> 0),
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX points_transactions_user ON points_transactions (user_id, created_at DESC);

COMMENT ON TABLE points_transactions IS 'Points earned (positive) and spent (negative)';
