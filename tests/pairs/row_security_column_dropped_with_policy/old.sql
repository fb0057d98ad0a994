CREATE TABLE file (
    id integer PRIMARY KEY,
    owner text
);
CREATE POLICY mine ON file USING (owner = CURRENT_USER);
