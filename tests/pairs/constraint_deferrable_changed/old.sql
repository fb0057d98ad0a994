CREATE TABLE node (id integer PRIMARY KEY, code text, rank integer,
    parent integer REFERENCES node,
    other integer REFERENCES node DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT node_code UNIQUE (code),
    CONSTRAINT node_rank UNIQUE (rank) DEFERRABLE
);
