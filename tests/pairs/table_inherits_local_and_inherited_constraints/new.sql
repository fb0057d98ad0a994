CREATE TABLE base (
    id integer,
    n integer,
    CONSTRAINT n_small CHECK (n < 1000),
    CONSTRAINT n_own CHECK (n <> 13)
);
CREATE TABLE child (
    extra text
    , CONSTRAINT extra_filled CHECK (extra <> '')
) INHERITS (base);
