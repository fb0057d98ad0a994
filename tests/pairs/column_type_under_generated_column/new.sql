-- remakes: order_line.total

CREATE TABLE order_line (
    id integer PRIMARY KEY,
    quantity bigint NOT NULL,
    price numeric(12,4) NOT NULL,
    total numeric GENERATED ALWAYS AS (quantity * price) STORED,
    note text
);
CREATE INDEX order_line_total ON order_line (total);
CREATE VIEW big_line AS SELECT id, total FROM order_line WHERE total > 1000;
