-- postgres: 15..

CREATE TABLE a (
    id integer PRIMARY KEY,
    n bigint NOT NULL
);
CREATE PUBLICATION p FOR TABLE a (id, n) WHERE (id > 10 AND n < 5) WITH (publish = 'insert');
