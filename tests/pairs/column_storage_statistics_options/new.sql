CREATE TABLE document (
    id integer PRIMARY KEY,
    body text,
    title text,
    raw bytea
);
ALTER TABLE document ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE document ALTER COLUMN title SET STATISTICS 100;
ALTER TABLE document ALTER COLUMN raw SET STATISTICS 0;
ALTER TABLE document ALTER COLUMN id SET (n_distinct = 500, n_distinct_inherited = 900);
