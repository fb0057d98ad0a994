/*
revision: c0de00000002
down_revision: c0de00000001
message: Roles become admin and user
create_date: 2026-04-02T08:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

-- rev:batch {table: users, key: id, size: 500, where: "role = 'primary'"}
UPDATE users SET role = 'admin';

-- rev:batch {table: users, key: id, size: 500, where: "role = 'staff'"}
UPDATE users SET role = 'user';

-- rev:downgrade

-- rev:batch {table: users, key: id, size: 500, where: "role = 'admin'"}
UPDATE users SET role = 'primary';

-- rev:batch {table: users, key: id, size: 500, where: "role = 'user'"}
UPDATE users SET role = 'staff';
