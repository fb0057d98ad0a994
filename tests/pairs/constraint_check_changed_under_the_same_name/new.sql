CREATE TABLE item (
    id integer PRIMARY KEY,
    price numeric CONSTRAINT fair CHECK (price > 0 AND price < 10000),
    stock integer CHECK (stock >= -5)
);
COMMENT ON CONSTRAINT fair ON item IS 'no gifts';
