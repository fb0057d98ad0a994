/*
revision: c0de00000001
down_revision: null
message: Users with a role
create_date: 2026-04-01T08:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    role varchar(32) NOT NULL DEFAULT 'staff'
);

INSERT INTO users (email, role)
SELECT 'user' || n || '@example.org', CASE WHEN n % 10 = 0 THEN 'primary' ELSE 'staff' END
FROM generate_series(1, 2000) AS n;

-- rev:downgrade

DROP TABLE users;
