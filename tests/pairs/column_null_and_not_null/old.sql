CREATE TABLE member (
    id integer PRIMARY KEY,
    nick text,
    email text NOT NULL,
    phone text NOT NULL DEFAULT '-'
);
