CREATE TYPE level AS ENUM ('low', 'mid', 'high');
CREATE TABLE alarm (id integer PRIMARY KEY, level level, past level[] DEFAULT '{low,mid}');
CREATE VIEW loud AS SELECT id FROM alarm WHERE level > 'low';
