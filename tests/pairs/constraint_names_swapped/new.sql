CREATE TABLE t (
    a integer,
    b integer,
    CONSTRAINT two CHECK (a > 0),
    CONSTRAINT one CHECK (b > 0)
);
