CREATE TYPE level AS ENUM ('high', 'low', 'mid');
CREATE TABLE alarm (id integer PRIMARY KEY, level level, past level[] DEFAULT '{low,mid}');
CREATE VIEW loud AS SELECT id FROM alarm WHERE level > 'low';
