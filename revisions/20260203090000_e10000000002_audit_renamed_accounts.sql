/*
revision: e10000000002
down_revision: e10000000001
message: Audit renamed accounts
create_date: 2026-02-03T09:00:00Z
branch_labels: []
depends_on: []
*/

-- rev:upgrade

CREATE FUNCTION audit_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_trail (account_id, what) VALUES (new.id, format('%s is now %s', old.name, new.name));
    RETURN new;
END
$$;

CREATE TRIGGER accounts_audit_rename AFTER UPDATE OF name ON accounts
    FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name) EXECUTE FUNCTION audit_rename();

-- rev:downgrade

DROP TRIGGER accounts_audit_rename ON accounts;

DROP FUNCTION audit_rename();
