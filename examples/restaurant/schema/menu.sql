CREATE TYPE course AS ENUM ('starter', 'main', 'dessert', 'drink');

CREATE TABLE dish (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    course course NOT NULL DEFAULT 'main',
    price numeric(8, 2) NOT NULL CHECK (price > 0)
);
