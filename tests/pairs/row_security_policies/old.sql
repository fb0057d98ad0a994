-- roles: app, admin

CREATE TABLE doc (id integer PRIMARY KEY, owner text, public boolean);
CREATE TABLE plain (id integer PRIMARY KEY);
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON doc FOR SELECT USING (public);
CREATE POLICY write ON doc FOR UPDATE TO app USING (owner = CURRENT_USER);
CREATE POLICY strict ON doc AS RESTRICTIVE USING (id > 0);
CREATE POLICY gone ON doc FOR DELETE TO admin USING (true);
