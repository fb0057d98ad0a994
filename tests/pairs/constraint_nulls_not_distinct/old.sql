-- postgres: 15..

CREATE TABLE badge (id integer PRIMARY KEY, code text, other text,
    CONSTRAINT badge_code UNIQUE (code),
    CONSTRAINT badge_other UNIQUE NULLS NOT DISTINCT (other)
);
CREATE UNIQUE INDEX badge_both ON badge (code, other);
