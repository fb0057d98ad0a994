-- postgres: 18..

CREATE TABLE t (
    a integer CONSTRAINT a_there NOT NULL,
    b integer NOT NULL,
    c integer,
    d integer CONSTRAINT d_there NOT NULL NO INHERIT
);
CREATE TABLE child () INHERITS (t);
