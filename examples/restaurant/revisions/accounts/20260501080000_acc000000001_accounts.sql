/*
revision: acc000000001
down_revision: null
message: Accounts
create_date: 2026-05-01T08:00:00Z
branch_labels: [accounts]
depends_on: []
*/

-- rev:upgrade

CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);

-- rev:downgrade

DROP TABLE account;
