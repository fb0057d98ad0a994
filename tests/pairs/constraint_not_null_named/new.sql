-- postgres: 18..

CREATE TABLE t (
    a integer CONSTRAINT a_is_there NOT NULL,
    b integer CONSTRAINT b_there NOT NULL,
    c integer CONSTRAINT c_there NOT NULL NO INHERIT,
    d integer CONSTRAINT d_there NOT NULL
);
CREATE TABLE child () INHERITS (t);
