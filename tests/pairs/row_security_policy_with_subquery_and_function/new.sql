-- roles: app

CREATE TABLE member (team integer, person text);
CREATE TABLE file (id integer PRIMARY KEY, team integer);
ALTER TABLE file ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION my_teams() RETURNS SETOF integer LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT team FROM member WHERE person = CURRENT_USER';
CREATE POLICY mine ON file TO app USING (team IN (SELECT my_teams()));
CREATE POLICY seen ON file FOR SELECT USING (EXISTS (SELECT 1 FROM member m WHERE m.team = file.team));
