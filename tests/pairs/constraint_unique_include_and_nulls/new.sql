CREATE TABLE seat (
    id integer PRIMARY KEY,
    room integer,
    n integer,
    CONSTRAINT seat_room_n_key UNIQUE (room, n) INCLUDE (id)
);
