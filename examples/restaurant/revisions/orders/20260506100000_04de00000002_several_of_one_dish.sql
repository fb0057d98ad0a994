/*
revision: 04de00000002
down_revision: 04de00000001
message: Several of one dish
create_date: 2026-05-06T10:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

ALTER TABLE order_line ADD COLUMN quantity smallint NOT NULL DEFAULT 1 CHECK (quantity > 0);

-- rev:downgrade

ALTER TABLE order_line DROP COLUMN quantity;
