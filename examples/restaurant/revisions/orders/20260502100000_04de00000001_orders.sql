/*
revision: 04de00000001
down_revision: null
message: Orders
create_date: 2026-05-02T10:00:00Z
branch_labels: [orders]
depends_on: [d15400000001]
*/

-- rev:upgrade

CREATE TABLE guest_order (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_number smallint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_line (
    order_id bigint NOT NULL REFERENCES guest_order (id) ON DELETE CASCADE,
    dish_id bigint NOT NULL REFERENCES dish (id),
    PRIMARY KEY (order_id, dish_id)
);

-- rev:downgrade

DROP TABLE order_line;

DROP TABLE guest_order;
