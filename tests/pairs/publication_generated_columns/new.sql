-- postgres: 18..

CREATE TABLE a (id integer PRIMARY KEY, b integer GENERATED ALWAYS AS (id * 2) STORED);
CREATE PUBLICATION p FOR TABLE a WITH (publish_generated_columns = stored);
