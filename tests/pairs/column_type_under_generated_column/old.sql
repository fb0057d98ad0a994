-- remakes: order_line.total
-- why: Before 17 a generated column cannot let go of the column that it is computed from.

CREATE TABLE order_line (
    id integer PRIMARY KEY,
    quantity integer NOT NULL,
    price numeric(8,2) NOT NULL,
    total numeric GENERATED ALWAYS AS (quantity * price) STORED,
    note text
);
CREATE INDEX order_line_total ON order_line (total);
CREATE VIEW big_line AS SELECT id, total FROM order_line WHERE total > 1000;
