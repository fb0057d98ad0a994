/*
revision: aaaa1111
down_revision: null
message: first
create_date: 2026-01-01T00:00:00Z
*/

-- rev:upgrade

CREATE TABLE a (id int);

-- rev:downgrade

DROP TABLE a;
