-- postgres: 18..

CREATE TABLE parent (id integer PRIMARY KEY);
CREATE TABLE t (
    id integer,
    parent integer CONSTRAINT t_parent REFERENCES parent NOT ENFORCED,
    n integer CONSTRAINT t_n CHECK (n > 0)
);
