CREATE TABLE item (
    id integer PRIMARY KEY,
    price numeric CONSTRAINT fair CHECK (price > 0),
    stock integer CHECK (stock >= 0)
);
COMMENT ON CONSTRAINT fair ON item IS 'no gifts';
