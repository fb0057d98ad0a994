CREATE EXTENSION btree_gist;
CREATE TABLE booking (
    id integer PRIMARY KEY,
    room integer,
    during tsrange,
    CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE,
    EXCLUDE USING btree (id WITH =)
);
COMMENT ON CONSTRAINT no_overlap ON booking IS 'one party a room';
