CREATE TABLE seat (
    id integer PRIMARY KEY,
    room integer,
    n integer,
    UNIQUE (room, n)
);
