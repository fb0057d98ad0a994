-- postgres: 14..

CREATE TABLE archive (
    id integer PRIMARY KEY,
    page text,
    scan bytea COMPRESSION pglz
);
