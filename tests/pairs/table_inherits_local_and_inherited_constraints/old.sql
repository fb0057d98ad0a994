CREATE TABLE base (
    id integer,
    n integer,
    CONSTRAINT n_small CHECK (n < 100),
    CONSTRAINT n_own CHECK (n <> 13) NO INHERIT
);
CREATE TABLE child (
    extra text
) INHERITS (base);
