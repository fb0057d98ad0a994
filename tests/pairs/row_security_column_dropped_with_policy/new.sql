CREATE TABLE file (
    id integer PRIMARY KEY,
    owner_id integer
);
CREATE POLICY mine ON file USING (owner_id = 1);
