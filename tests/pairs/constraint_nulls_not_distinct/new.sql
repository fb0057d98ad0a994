-- postgres: 15..

CREATE TABLE badge (id integer PRIMARY KEY, code text, other text,
    CONSTRAINT badge_code UNIQUE NULLS NOT DISTINCT (code),
    CONSTRAINT badge_other UNIQUE (other)
);
CREATE UNIQUE INDEX badge_both ON badge (code, other) NULLS NOT DISTINCT;
