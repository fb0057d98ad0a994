CREATE TABLE guest_order (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_number smallint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_line (
    order_id bigint NOT NULL REFERENCES guest_order (id) ON DELETE CASCADE,
    dish_id bigint NOT NULL REFERENCES dish (id),
    quantity smallint NOT NULL DEFAULT 1 CHECK (quantity > 0),
    PRIMARY KEY (order_id, dish_id)
);
