/*
revision: f10000000001
down_revision: [d10000000001, e10000000002]
message: One line again
create_date: 2026-02-09T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

COMMENT ON TABLE accounts IS 'Who pays';

-- rev:downgrade

COMMENT ON TABLE accounts IS NULL;
