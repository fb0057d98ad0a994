-- roles: app, admin

CREATE TABLE doc (id integer PRIMARY KEY, owner text, public boolean);
CREATE TABLE plain (id integer PRIMARY KEY);
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
ALTER TABLE doc FORCE ROW LEVEL SECURITY;
ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON doc FOR SELECT TO app, admin USING (public OR owner = CURRENT_USER);
CREATE POLICY write ON doc FOR UPDATE TO app USING (owner = CURRENT_USER) WITH CHECK (NOT public);
CREATE POLICY strict ON doc USING (id > 0);
CREATE POLICY gone ON doc FOR INSERT TO admin WITH CHECK (true);
COMMENT ON POLICY read ON doc IS 'what one may see';
