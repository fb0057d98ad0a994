/*
revision: 5b00000000b3
down_revision: 5b0000000002
message: Inventory
create_date: 2026-01-19T10:00:00Z
branch_labels: [inventory]
depends_on: []
*/

-- rev:upgrade

CREATE TABLE inventory (
    product_id uuid PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    on_hand integer NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
    reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    counted_at timestamptz
);

INSERT INTO inventory (product_id, on_hand) SELECT id, 100 FROM products;

-- rev:downgrade

DROP TABLE inventory;
