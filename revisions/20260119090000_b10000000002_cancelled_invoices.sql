/*
revision: b10000000002
down_revision: b10000000001
message: Cancelled invoices
create_date: 2026-01-19T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

-- A new value may not be used before it is committed; the runner sees to that.
ALTER TYPE invoice_status ADD VALUE 'cancelled';

UPDATE invoices SET status = 'cancelled' WHERE total = 0;

CREATE INDEX CONCURRENTLY invoices_open ON invoices (account_id) WHERE status = 'open';

-- rev:downgrade

DROP INDEX CONCURRENTLY invoices_open;

ALTER TYPE invoice_status RENAME TO invoice_status_old;

CREATE TYPE invoice_status AS ENUM ('open', 'paid');

ALTER TABLE invoices
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN status TYPE invoice_status
        USING (CASE status::text WHEN 'cancelled' THEN 'paid' ELSE status::text END)::invoice_status,
    ALTER COLUMN status SET DEFAULT 'open';

DROP TYPE invoice_status_old;
