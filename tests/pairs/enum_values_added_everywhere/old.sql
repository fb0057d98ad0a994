CREATE TYPE stage AS ENUM ('draft', 'live');
CREATE TABLE page (id integer PRIMARY KEY, stage stage NOT NULL DEFAULT 'draft');
