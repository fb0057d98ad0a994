//! `role`: everything on the database is done as it, and rights are looked at before the first statement.

use crate::world::{World, psql, world};
use rev_testkit::Output;

/// A database with an owner, a login that is a member of it without inheriting from it, and a stranger.
struct Roles {
    world: World,
    owner: String,
    login: String,
    stranger: String,
}

fn roles() -> Option<Roles> {
    let world = world()?;
    let name = world.database.name().to_owned();
    // Roles belong to the whole server, which other tests use at the same time.
    let roles = Roles {
        owner: format!("{name} owner"),
        login: format!("{name}_login"),
        stranger: format!("{name}_stranger"),
        world,
    };
    roles.world.database.execute(&format!(
        "CREATE ROLE \"{owner}\" NOLOGIN; CREATE ROLE {login} LOGIN NOINHERIT IN ROLE \"{owner}\"; CREATE ROLE {stranger} LOGIN;\
         REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;\
         GRANT CREATE ON SCHEMA public TO \"{owner}\"",
        owner = roles.owner,
        login = roles.login,
        stranger = roles.stranger,
    ));
    Some(roles)
}

impl Roles {
    fn url(&self, user: &str) -> String {
        let url = self.world.database.url();
        let (_, rest) = url.split_once('@').expect("a URL with a user");
        format!("postgres://{user}@{rest}")
    }

    fn settings(&self, user: &str, more: &str) {
        let text = format!("database: \"{}\"\n{more}\n", self.url(user));
        self.world.project.write("rev.yaml", &text);
    }

    fn with_role(&self) {
        let role = format!("role: {}", self.owner);
        self.settings(&self.login, &role);
    }

    fn owner_of(&self, relation: &str) -> String {
        self.world.database.value(&format!(
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = '{relation}' AND relnamespace = 'public'::regnamespace"
        ))
    }

    fn upgrade(&self) -> Output {
        self.world.project.rev(["upgrade", "head"])
    }
}

/// Everything belongs to the role, rev's own tables included, whatever runs alone, in batches or in a transaction; the
/// history says who logged in.
#[test]
fn everything_is_done_as_the_role() {
    let Some(roles) = roles() else { return };
    roles.with_role();
    let world = &roles.world;
    world
        .revision("aaaa1111", "null", "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);\nINSERT INTO t SELECT generate_series(1, 500);", "DROP TABLE t;")
        .revision("bbbb1111", "aaaa1111", "CREATE INDEX CONCURRENTLY t_n ON t (n);\nVACUUM t;", "DROP INDEX CONCURRENTLY t_n;")
        .revision("cccc1111", "bbbb1111", "-- rev:batch {table: t, key: id, size: 100, where: \"n = 0\"}\nUPDATE t SET n = 1;\nCREATE VIEW v AS SELECT * FROM t;", "DROP VIEW v;");
    world.project.ok(["upgrade", "head"]);
    for relation in [
        "t",
        "t_n",
        "v",
        "rev_version",
        "rev_history",
        "rev_progress",
    ] {
        assert_eq!(roles.owner_of(relation), roles.owner, "{relation}");
    }
    let logins = world
        .database
        .rows("SELECT DISTINCT db_user FROM rev_history");
    assert_eq!(logins, [[roles.login.clone()]]);
    // Whoever looks may look, although the login itself inherits nothing.
    for command in [
        &["current"][..],
        &["status"],
        &["log"],
        &["history", "-i"],
        &["upgrade", "head", "--plan"],
    ] {
        world.project.ok(command);
    }
    assert!(
        world
            .project
            .ok(["upgrade", "head"])
            .stdout
            .contains("nothing to do")
    );
    // Another member goes on where the first one stopped.
    world.database.execute(&format!(
        "CREATE ROLE {0}_2 LOGIN IN ROLE \"{1}\"",
        roles.login, roles.owner
    ));
    roles.settings(
        &format!("{}_2", roles.login),
        &format!("role: {}", roles.owner),
    );
    world.project.ok(["downgrade", "base", "--yes"]);
    assert_eq!(world.rows(), Vec::<String>::new());
}

/// The flag wins over `REV_ROLE`, that over an environment of rev.yaml, and that over its top.
#[test]
fn the_role_is_chosen() {
    let Some(roles) = roles() else { return };
    let (owner, stranger) = (&roles.owner, &roles.stranger);
    roles.settings(
        &roles.login,
        &format!("role: {stranger}\nenvironments: {{live: {{role: {owner}}}}}"),
    );
    roles
        .world
        .revision("aaaa1111", "null", "CREATE TABLE t ();", "DROP TABLE t;");
    let refused = roles.upgrade();
    assert_eq!(refused.code, 6, "{}", refused.stderr);
    assert!(
        refused
            .stderr
            .contains(&format!("cannot become the role `{stranger}`")),
        "{}",
        refused.stderr
    );
    roles
        .world
        .project
        .ok(["upgrade", "head", "-E", "live", "--dry-run"]);
    roles
        .world
        .project
        .ok(["upgrade", "head", "--role", owner, "--dry-run"]);
    let none = roles
        .world
        .project
        .rev(["upgrade", "head", "--role", "nobody here"]);
    assert_eq!(none.code, 6, "{}", none.stderr);
    assert!(none.stderr.contains("nobody here"), "{}", none.stderr);
    let mut command = roles.world.command(&["upgrade", "head"]);
    let output = Output::of(command.env("REV_ROLE", owner));
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(&roles.owner_of("t"), owner);
}

/// A script that leaves the role is noticed, named and rolled back; one that comes back to it is fine.
#[test]
fn a_script_that_leaves_the_role_is_named() {
    let Some(roles) = roles() else { return };
    roles.with_role();
    let world = &roles.world;
    for statement in ["RESET ROLE;", "SET ROLE NONE;", "SET LOCAL ROLE NONE;"] {
        let upgrade = format!("CREATE TABLE t ();\n\n{statement}\nSELECT 1;");
        world.revision("aaaa1111", "null", &upgrade, "DROP TABLE t;");
        let output = roles.upgrade();
        assert_eq!(output.code, 1, "{}", output.stderr);
        let named = format!(
            "revisions/aaaa1111.sql:14: `aaaa1111` was begun as the role `{}` and ended as `{}` by `{}`",
            roles.owner,
            roles.login,
            statement.trim_end_matches(';')
        );
        assert!(output.stderr.contains(&named), "{named}\n{}", output.stderr);
        assert_eq!(world.database.value("SELECT to_regclass('t')"), "");
    }
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE t ();\nSELECT set_config('role', 'none', false);",
        "DROP TABLE t;",
    );
    let output = roles.upgrade();
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert!(output.stderr.contains("ended as"), "{}", output.stderr);
    let back = format!(
        "RESET ROLE;\nSET ROLE \"{}\";\nCREATE TABLE t ();",
        roles.owner
    );
    world
        .revision("aaaa1111", "null", &back, "DROP TABLE t;")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "CREATE TABLE u ();",
            "DROP TABLE u;",
        );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(roles.owner_of("u"), roles.owner);
}

/// All rights that the whole plan lacks are listed before its first statement, each with its place.
#[test]
fn missing_rights_are_listed_before_the_first_statement() {
    let Some(roles) = roles() else { return };
    roles.settings(&roles.owner.replace(' ', "%20"), "");
    let world = &roles.world;
    world.database.execute(&format!(
        "ALTER ROLE \"{}\" LOGIN; CREATE TABLE theirs (id int PRIMARY KEY); CREATE SCHEMA closed; CREATE TYPE kind AS ENUM ('a')",
        roles.owner
    ));
    let give = format!(
        "CREATE TABLE mine (id int);\nALTER TABLE mine OWNER TO {};",
        roles.stranger
    );
    world
        .revision("aaaa1111", "null", "CREATE TABLE fine (id int);", "DROP TABLE fine;")
        .revision("bbbb1111", "aaaa1111", "ALTER TABLE theirs ADD COLUMN x int;\nCREATE TABLE closed.t (id int);\nCREATE TABLE refers (id int REFERENCES theirs);", "")
        .revision("cccc1111", "bbbb1111", "CREATE INDEX CONCURRENTLY ON theirs (id);\nALTER TYPE kind ADD VALUE 'b';\nDROP TABLE theirs;\nCREATE SCHEMA more;", "")
        .revision("dddd1111", "cccc1111", &give, "");
    let output = roles.upgrade();
    assert_eq!(output.code, 6, "{}", output.stderr);
    let name = world.database.name();
    for part in [
        "lacks rights that this needs, so nothing was begun".to_owned(),
        "revisions/bbbb1111.sql:12: ownership of public.theirs, which belongs to `postgres`"
            .to_owned(),
        "revisions/bbbb1111.sql:13: CREATE on schema closed".to_owned(),
        "revisions/bbbb1111.sql:14: REFERENCES on public.theirs".to_owned(),
        "revisions/cccc1111.sql:13: ownership of public.kind".to_owned(),
        "revisions/cccc1111.sql:14: ownership of public.theirs or of its schema".to_owned(),
        format!("revisions/cccc1111.sql:15: CREATE on database {name}"),
        format!(
            "revisions/dddd1111.sql:13: membership in role `{}`",
            roles.stranger
        ),
    ] {
        assert!(output.stderr.contains(&part), "{part}: {}", output.stderr);
    }
    assert_eq!(
        world
            .database
            .value("SELECT to_regclass('fine'), to_regclass('rev_version')"),
        ""
    );
    let json = world.project.rev(["upgrade", "head", "--format", "json"]);
    assert!(
        json.stdout.contains("\"code\": \"missing_rights\""),
        "{}",
        json.stdout
    );
}

/// Never a false refusal: what the look before finds missing, the server refuses as well, and what the server allows, it
/// allows. Each statement is run by the server itself, as the same role, in a transaction of its own.
#[test]
fn a_refusal_is_never_wrong() {
    let Some(roles) = roles() else { return };
    let world = &roles.world;
    world.database.execute(&format!(
        "ALTER ROLE \"{owner}\" LOGIN;\
         CREATE TABLE theirs (id int PRIMARY KEY, a int); CREATE VIEW their_view AS SELECT 1 AS one; CREATE TYPE their_type AS ENUM ('a'); CREATE INDEX their_index ON theirs (a);\
         CREATE TABLE shared (id int PRIMARY KEY, a int UNIQUE); GRANT REFERENCES (id), TRIGGER ON shared TO \"{owner}\";\
         CREATE SCHEMA closed; CREATE SCHEMA half; GRANT USAGE ON SCHEMA half TO \"{owner}\"; CREATE TABLE half.theirs (id int);\
         CREATE SCHEMA own AUTHORIZATION \"{owner}\"; CREATE TABLE own.theirs (id int PRIMARY KEY); CREATE TABLE own.parts (id int) PARTITION BY LIST (id);\
         CREATE ROLE {login}_group NOLOGIN; GRANT {login}_group TO \"{owner}\"; CREATE TABLE own.by_group (id int); ALTER TABLE own.by_group OWNER TO {login}_group;\
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        owner = roles.owner,
        login = roles.login,
    ));
    roles.settings(&roles.owner.replace(' ', "%20"), "");
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE mine (id int PRIMARY KEY);",
        "DROP TABLE mine;",
    );
    world.project.ok(["upgrade", "head"]);
    let group = format!("{}_group", roles.login);
    let statements = [
        "ALTER TABLE theirs ADD COLUMN b int".to_owned(),
        "ALTER TABLE mine ADD COLUMN b int".to_owned(),
        "ALTER TABLE IF EXISTS nowhere ADD COLUMN b int".to_owned(),
        format!("ALTER TABLE IF EXISTS nowhere OWNER TO {}", roles.stranger),
        format!("ALTER TABLE theirs OWNER TO {}", roles.stranger),
        format!("ALTER TABLE mine OWNER TO {}", roles.stranger),
        format!("ALTER TABLE mine OWNER TO {group}"),
        format!("ALTER TABLE own.by_group OWNER TO {group}"),
        "ALTER TABLE own.by_group ADD COLUMN b int".to_owned(),
        "ALTER TABLE mine OWNER TO CURRENT_USER".to_owned(),
        "ALTER TABLE mine OWNER TO nobody_of_this_name".to_owned(),
        "ALTER TYPE their_type ADD VALUE 'b'".to_owned(),
        "ALTER INDEX their_index RENAME TO other".to_owned(),
        "ALTER VIEW their_view RENAME TO other".to_owned(),
        "DROP TABLE theirs".to_owned(),
        "DROP TABLE own.theirs".to_owned(),
        "DROP TABLE half.theirs".to_owned(),
        "DROP TABLE IF EXISTS nowhere, closed.nowhere".to_owned(),
        "DROP INDEX their_index".to_owned(),
        "DROP SCHEMA closed".to_owned(),
        "DROP SCHEMA own CASCADE".to_owned(),
        "CREATE TABLE closed.t (id int)".to_owned(),
        "CREATE TABLE own.t (id int)".to_owned(),
        "CREATE TABLE t (id int)".to_owned(),
        "CREATE TABLE IF NOT EXISTS theirs (id int)".to_owned(),
        "CREATE TABLE IF NOT EXISTS half.theirs (id int)".to_owned(),
        "CREATE TABLE no_such_schema.t (id int)".to_owned(),
        "CREATE TEMP TABLE theirs (id int)".to_owned(),
        "CREATE TEMP TABLE theirs (id int); ALTER TABLE theirs ADD COLUMN b int".to_owned(),
        "CREATE TABLE t (id int REFERENCES theirs)".to_owned(),
        "CREATE TABLE t (id int REFERENCES shared)".to_owned(),
        "CREATE TABLE t (id int REFERENCES mine)".to_owned(),
        "CREATE TABLE t (id int); CREATE TABLE u (id int); ALTER TABLE u OWNER TO CURRENT_USER; DROP TABLE t".to_owned(),
        "ALTER TABLE mine RENAME TO gone; ALTER TABLE gone RENAME TO mine; ALTER TABLE mine ADD COLUMN b int".to_owned(),
        "CREATE TABLE own.p1 PARTITION OF own.parts DEFAULT".to_owned(),
        "CREATE INDEX ON theirs (a)".to_owned(),
        "CREATE INDEX ON mine (id)".to_owned(),
        "CREATE TRIGGER g BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION f()".to_owned(),
        "CREATE TRIGGER g BEFORE INSERT ON shared FOR EACH ROW EXECUTE FUNCTION f()".to_owned(),
        "CREATE OR REPLACE VIEW their_view AS SELECT 1 AS one".to_owned(),
        "CREATE OR REPLACE VIEW closed.v AS SELECT 1 AS one".to_owned(),
        "CREATE FUNCTION closed.f() RETURNS int LANGUAGE sql AS 'SELECT 1'".to_owned(),
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'".to_owned(),
        "CREATE SCHEMA more".to_owned(),
        "CREATE SCHEMA IF NOT EXISTS own".to_owned(),
        "CREATE EXTENSION IF NOT EXISTS plpgsql".to_owned(),
        "CREATE POLICY p ON theirs".to_owned(),
        "DROP TRIGGER IF EXISTS g ON theirs".to_owned(),
        "COMMENT ON TABLE theirs IS 'x'".to_owned(),
        "COMMENT ON TABLE mine IS 'x'".to_owned(),
        format!("SET ROLE {group}; CREATE TABLE own.t (id int); RESET ROLE"),
        format!("SET ROLE {}; RESET ROLE", roles.stranger),
        format!("CREATE SCHEMA AUTHORIZATION {}", roles.stranger),
    ];
    let (mut refused, mut allowed) = (0, 0);
    for sql in statements {
        world.revision("bbbb1111", "aaaa1111", &format!("{sql};"), "SELECT 1;");
        // What has to be rolled back is rolled back by the rehearsal, and what is refused is refused before it.
        let output = world.project.rev(["upgrade", "head", "--dry-run"]);
        let foresaw = output.stderr.contains("lacks rights that this needs");
        let verdict = world.database.try_execute(&format!(
            "SET SESSION AUTHORIZATION \"{}\"; {sql}; DO 'BEGIN RAISE EXCEPTION ''allowed''; END'",
            roles.owner
        ));
        let verdict = verdict.expect_err("an exception at the end at the latest");
        let denied = [
            "permission denied",
            "must be owner",
            "must be member",
            "must be able to SET ROLE",
        ]
        .iter()
        .any(|words| verdict.contains(words));
        assert!(
            denied || !foresaw,
            "refused, but the server says `{verdict}` to: {sql}\n{}",
            output.stderr
        );
        refused += u32::from(foresaw);
        allowed += u32::from(output.code == 0);
        assert!(
            output.code == 0 || verdict != "allowed",
            "{sql}: {}",
            output.stderr
        );
    }
    assert!(
        refused >= 20 && allowed >= 15,
        "{refused} refused, {allowed} allowed"
    );
}

/// The script of `--sql` takes the role as the runner does.
#[test]
fn a_script_takes_the_role() {
    let Some(roles) = roles() else { return };
    roles.with_role();
    let world = &roles.world;
    let Some(psql) = psql(world) else { return };
    let wanders = format!(
        "CREATE TABLE t (id int);\nSET work_mem = '77MB';\nRESET ROLE;\nSET ROLE \"{}\";",
        roles.owner
    );
    world
        .revision("aaaa1111", "null", &wanders, "DROP TABLE t;")
        .revision("bbbb1111", "aaaa1111", "CREATE TABLE seen AS SELECT current_setting('work_mem') AS mem;\nCREATE INDEX CONCURRENTLY t_id ON t (id);", "DROP TABLE seen;");
    let sql = world.project.ok(["upgrade", "base:head", "--sql"]).stdout;
    world.project.write("up.sql", &sql);
    let output = Output::of(
        std::process::Command::new(psql)
            .args(["-qXd", &roles.url(&roles.login), "-f"])
            .arg(world.project.path().join("up.sql")),
    );
    assert_eq!(output.code, 0, "{}", output.stderr);
    for relation in ["t", "seen", "t_id", "rev_version", "rev_history"] {
        assert_eq!(roles.owner_of(relation), roles.owner, "{relation}");
    }
    assert_ne!(world.database.value("SELECT mem FROM seen"), "77MB");
    assert!(
        world
            .project
            .ok(["upgrade", "head"])
            .stdout
            .contains("nothing to do")
    );
}

/// A rehearsal finds the role of the settings, although the dev database is another server.
#[test]
fn the_dev_database_has_the_role() {
    let Some(roles) = roles() else { return };
    roles.with_role();
    // Asked for, not named in a statement that would fail: a role that a failure names is made anyway.
    let upgrade = format!(
        "CREATE TABLE t (id int);\nDO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{}') THEN RAISE EXCEPTION 'no such role here'; END IF; END $$;",
        roles.owner
    );
    roles
        .world
        .revision("aaaa1111", "null", &upgrade, "DROP TABLE t;");
    roles.world.project.ok(["test"]);
    // Without the setting nobody knows of it.
    roles.settings(&roles.login, "");
    let output = roles.world.project.rev(["test"]);
    assert_ne!(output.code, 0);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("no such role here"), "{said}");
}
