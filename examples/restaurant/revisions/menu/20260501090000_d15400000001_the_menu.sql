/*
revision: d15400000001
down_revision: null
message: The menu
create_date: 2026-05-01T09:00:00Z
branch_labels: [menu]
depends_on: []
*/

-- rev:upgrade

CREATE TYPE course AS ENUM ('starter', 'main', 'dessert', 'drink');

CREATE TABLE dish (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    course course NOT NULL DEFAULT 'main'
);

-- rev:downgrade

DROP TABLE dish;

DROP TYPE course;
