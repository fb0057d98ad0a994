CREATE TABLE node (id integer PRIMARY KEY, code text, rank integer,
    parent integer REFERENCES node DEFERRABLE INITIALLY DEFERRED,
    other integer REFERENCES node DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT node_code UNIQUE (code) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT node_rank UNIQUE (rank)
);
