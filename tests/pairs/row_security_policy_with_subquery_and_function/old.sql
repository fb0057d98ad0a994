-- roles: app

CREATE TABLE member (team integer, person text);
CREATE TABLE file (id integer PRIMARY KEY, team integer);
ALTER TABLE file ENABLE ROW LEVEL SECURITY;
