-- remakes: person.full_name
-- why: Before 17 the expression of a generated column cannot be changed.

CREATE TABLE person (
    id integer PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    full_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED
);
CREATE INDEX person_full_name ON person (lower(full_name));
COMMENT ON COLUMN person.full_name IS 'As printed on letters';
CREATE VIEW directory AS SELECT full_name FROM person ORDER BY full_name;
