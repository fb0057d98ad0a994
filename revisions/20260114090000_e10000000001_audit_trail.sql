/*
revision: e10000000001
down_revision: null
message: Audit trail
create_date: 2026-01-14T09:00:00Z
branch_labels: [audit]
depends_on: [a10000000001]
*/

-- rev:upgrade

CREATE TABLE audit_trail (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id),
    what text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- rev:downgrade

DROP TABLE audit_trail;
