/*
revision: 5a1e00000001
down_revision: null
message: Products and sales
create_date: 2026-03-02T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

CREATE TABLE product (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    price numeric(10, 2) NOT NULL CHECK (price >= 0)
);

CREATE TABLE sale (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES product (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    total numeric(10, 2) NOT NULL,
    sold_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX sale_sold_at ON sale (sold_at);

-- rev:downgrade

DROP TABLE sale;

DROP TABLE product;
