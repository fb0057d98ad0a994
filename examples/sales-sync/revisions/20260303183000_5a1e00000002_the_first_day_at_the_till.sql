/*
revision: 5a1e00000002
down_revision: 5a1e00000001
message: The first day at the till
create_date: 2026-03-03T18:30:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

INSERT INTO product (name, price) VALUES
    ('Paracetamol 500 mg', 2.95),
    ('Ibuprofen 400 mg', 3.49),
    ('Plasters', 1.80);

INSERT INTO sale (product_id, quantity, total, sold_at)
SELECT id, 2, 2 * price, timestamptz '2026-03-03 10:00+00' + id * interval '1 hour' FROM product;

-- rev:downgrade

DELETE FROM sale WHERE sold_at::date = date '2026-03-03';

DELETE FROM product WHERE name IN ('Paracetamol 500 mg', 'Ibuprofen 400 mg', 'Plasters');
