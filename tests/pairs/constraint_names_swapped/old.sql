CREATE TABLE t (
    a integer,
    b integer,
    CONSTRAINT one CHECK (a > 0),
    CONSTRAINT two CHECK (b > 0)
);
