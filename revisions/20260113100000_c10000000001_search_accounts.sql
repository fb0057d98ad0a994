/*
revision: c10000000001
down_revision: a10000000001
message: Search accounts
create_date: 2026-01-13T10:00:00Z
branch_labels: [search]
depends_on: []
*/

-- rev:upgrade

ALTER TABLE accounts ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english', name)) STORED;

CREATE INDEX CONCURRENTLY accounts_search ON accounts USING gin (search);

-- rev:downgrade

DROP INDEX CONCURRENTLY accounts_search;

ALTER TABLE accounts DROP COLUMN search;
