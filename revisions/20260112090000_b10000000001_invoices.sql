/*
revision: b10000000001
down_revision: a10000000001
message: Invoices
create_date: 2026-01-12T09:00:00Z
branch_labels: [billing]
depends_on: []
*/

-- rev:upgrade

CREATE TYPE invoice_status AS ENUM ('open', 'paid');

CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id),
    status invoice_status NOT NULL DEFAULT 'open',
    total numeric(12, 2) NOT NULL CHECK (total >= 0)
);

INSERT INTO invoices (account_id, total) SELECT id, id * 10 FROM accounts;

-- rev:downgrade

DROP TABLE invoices;

DROP TYPE invoice_status;
