CREATE TABLE document (
    id integer PRIMARY KEY,
    body text,
    title text,
    raw bytea
);
ALTER TABLE document ALTER COLUMN body SET STATISTICS 500;
ALTER TABLE document ALTER COLUMN title SET STORAGE MAIN;
ALTER TABLE document ALTER COLUMN id SET (n_distinct = -0.5);
