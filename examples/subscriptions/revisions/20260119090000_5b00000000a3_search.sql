/*
revision: 5b00000000a3
down_revision: 5b0000000002
message: Search
create_date: 2026-01-19T09:00:00Z
branch_labels: [search]
depends_on: []
*/

-- rev:upgrade

CREATE TABLE product_search (
    product_id uuid PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    document tsvector NOT NULL
);

CREATE INDEX product_search_document ON product_search USING gin (document);

INSERT INTO product_search (product_id, document)
SELECT id, to_tsvector('english', title) FROM products;

-- rev:downgrade

DROP TABLE product_search;
