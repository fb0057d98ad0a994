/*
revision: a10000000001
down_revision: null
message: Accounts
create_date: 2026-01-05T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO accounts (name, email)
SELECT 'Account ' || n, 'account' || n || '@example.org' FROM generate_series(1, 100) AS n;

-- rev:downgrade

DROP TABLE accounts;
