/*
revision: bbbb1111
down_revision: aaaa1111
message: second
create_date: 2026-01-02T00:00:00Z
*/

-- rev:upgrade

CREATE TABLE b (id int);

-- rev:downgrade

DROP TABLE b;
