CREATE TABLE member (
    id integer PRIMARY KEY,
    nick text NOT NULL,
    email text,
    phone text DEFAULT '-'
);
