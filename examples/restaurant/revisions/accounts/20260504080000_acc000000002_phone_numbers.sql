/*
revision: acc000000002
down_revision: acc000000001
message: Phone numbers
create_date: 2026-05-04T08:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

ALTER TABLE account ADD COLUMN phone text UNIQUE;

-- rev:downgrade

ALTER TABLE account DROP COLUMN phone;
