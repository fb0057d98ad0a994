CREATE TYPE stage AS ENUM ('idea', 'draft', 'review', 'live', 'gone');
CREATE TABLE page (id integer PRIMARY KEY, stage stage NOT NULL DEFAULT 'draft');
