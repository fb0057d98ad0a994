/*
revision: d10000000001
down_revision: [b10000000002, c10000000001]
message: Merge billing and search
create_date: 2026-02-02T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

-- rev:downgrade
