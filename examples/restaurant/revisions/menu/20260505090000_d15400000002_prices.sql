/*
revision: d15400000002
down_revision: d15400000001
message: Prices
create_date: 2026-05-05T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

ALTER TABLE dish ADD COLUMN price numeric(8, 2) NOT NULL CHECK (price > 0);

-- rev:downgrade

ALTER TABLE dish DROP COLUMN price;
