CREATE EXTENSION btree_gist;
CREATE TABLE booking (
    id integer PRIMARY KEY,
    room integer,
    during tsrange,
    CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)
);
COMMENT ON CONSTRAINT no_overlap ON booking IS 'one party a room';
