//! Plans carried out: what is committed together, what fails together, and what never touches the server.

use crate::world::{psql, world};

/// G1: a revision, its version row and its history row commit together; a failing statement leaves nothing of it.
#[test]
fn a_failing_third_statement_leaves_nothing() {
    let Some(world) = world() else { return };
    world
        .revision("aaaa1111", "null", "CREATE TABLE a (id int);", "DROP TABLE a;")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);\n\nALTER TABLE b\n    ADD COLUMN x nosuchtype;",
            "DROP TABLE b;",
        );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    for part in [
        "revisions/bbbb1111.sql:16",
        "bbbb1111",
        "statement 3 of 3",
        "nosuchtype",
        "rolled back",
    ] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    assert_eq!(world.rows(), ["aaaa1111"]);
    assert_eq!(world.database.value("SELECT to_regclass('b')"), "");
    let history = world
        .database
        .rows("SELECT revision, status FROM rev_history ORDER BY id");
    assert_eq!(history, [["aaaa1111", "done"], ["bbbb1111", "failed"]]);
    // Corrected, the same command goes on.
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE TABLE b (id int);",
        "DROP TABLE b;",
    );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.rows(), ["bbbb1111"]);
    world.project.ok(["downgrade", "base", "--yes"]);
    assert_eq!(world.rows(), Vec::<String>::new());
    assert_eq!(world.database.value("SELECT to_regclass('a')"), "");
}

/// A constraint that speaks up at COMMIT only is a failure of the revision like any other.
#[test]
fn a_deferred_constraint_rolls_the_revision_back() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO c VALUES (7);",
        "DROP TABLE c, p;",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert!(output.stderr.contains("foreign key"), "{}", output.stderr);
    assert_eq!(world.rows(), Vec::<String>::new());
    assert_eq!(world.database.value("SELECT to_regclass('p')"), "");
}

/// G5: version rows change by compare and swap. Here somebody moves the row while the revision runs, with no lock held:
/// a trigger stands in for the other runner.
#[test]
fn a_row_that_moved_stops_the_revision() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    world.project.ok(["upgrade", "head"]);
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE TABLE b (id int);\nUPDATE rev_version SET version_num = 'elsewhere';",
        "DROP TABLE b;",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("version table changed"),
        "{}",
        output.stderr
    );
    assert_eq!(world.rows(), ["aaaa1111"]);
    assert_eq!(world.database.value("SELECT to_regclass('b')"), "");
}

/// G13: every revision starts from the same session settings, whatever the role, the database or the one before set.
#[test]
fn every_revision_starts_the_same() {
    let Some(world) = world() else { return };
    let name = world.database.name().to_owned();
    world.database.execute(&format!(
        "CREATE SCHEMA evil; ALTER DATABASE {name} SET search_path = evil; ALTER DATABASE {name} SET statement_timeout = '500ms';\
         CREATE FUNCTION evil.now_is(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';\
         CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.now_is);\
         CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'SELECT 1/0::text::int || ''''';"
    ));
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TABLE seen AS SELECT current_setting('search_path') AS path, current_setting('work_mem') AS mem;\n\
             SELECT pg_sleep(0.7);\nSET search_path = evil, pg_catalog;\nSET work_mem = '77MB';\nSET SESSION AUTHORIZATION DEFAULT;",
            "DROP TABLE seen;",
        )
        .revision(
            "bbbb1111",
            "aaaa1111",
            "INSERT INTO seen SELECT current_setting('search_path'), current_setting('work_mem');",
            "",
        );
    world.project.ok(["upgrade", "head"]);
    let seen = world
        .database
        .rows("SELECT DISTINCT path, mem <> '77MB' FROM public.seen");
    assert_eq!(seen, [["public", "t"]]);
}

/// `--dry-run` runs everything and leaves nothing, not even rev's own tables.
#[test]
fn a_rehearsal_leaves_nothing() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    let output = world.project.ok(["upgrade", "head", "--dry-run"]);
    assert!(output.stdout.contains("rolled back"), "{}", output.stdout);
    assert_eq!(
        world
            .database
            .value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
        "0"
    );
}

/// `transaction: run` is all or nothing, and names the statement that refuses.
#[test]
fn one_transaction_for_the_whole_run() {
    let Some(world) = world() else { return };
    let settings = format!("database: \"{}\"\ntransaction: run\n", world.database.url());
    world.project.write("rev.yaml", &settings);
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TABLE a (id int);",
            "DROP TABLE a;",
        )
        .revision("bbbb1111", "aaaa1111", "CREATE TABLE a (id int);", "");
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1);
    assert_eq!(world.database.value("SELECT to_regclass('a')"), "");
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE INDEX CONCURRENTLY i ON a (id);\nVACUUM a;",
        "",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 6, "{}", output.stderr);
    // All of them are named, each with its place, and nothing was begun.
    for part in [
        "with `transaction: run` the whole run is one transaction, and these statements refuse that",
        "revisions/bbbb1111.sql:12: CREATE INDEX CONCURRENTLY i ON a (id)",
        "revisions/bbbb1111.sql:13: VACUUM a",
    ] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    assert_eq!(
        world.database.value("SELECT to_regclass('rev_version')"),
        ""
    );
    let rehearsed = world.project.rev(["upgrade", "head", "--dry-run"]);
    assert_eq!(rehearsed.code, 6);
    assert!(
        rehearsed.stderr.contains("`--dry-run` is one transaction"),
        "{}",
        rehearsed.stderr
    );
    world.revision("bbbb1111", "aaaa1111", "CREATE TABLE b (id int);", "");
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.rows(), ["bbbb1111"]);
}

/// A downgrade that loses data needs a yes where nobody can be asked, and one that is irreversible does not run.
#[test]
fn what_loses_data_needs_consent() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    world.project.ok(["upgrade", "head"]);
    let output = world.project.rev(["downgrade", "base"]);
    assert_eq!(output.code, 6);
    assert!(output.stderr.contains("drops table a"), "{}", output.stderr);
    world.project.write(
        "revisions/bbbb1111.sql",
        "/*\nrevision: bbbb1111\ndown_revision: aaaa1111\nmessage: one way\ncreate_date: 2026-01-02T00:00:00Z\nirreversible: \"the old codes are gone\"\n*/\n\n-- rev:upgrade\n\nCREATE TABLE b (id int);\n",
    );
    world.project.ok(["upgrade", "head"]);
    let output = world.project.rev(["downgrade", "-1", "--yes"]);
    assert_eq!(output.code, 6);
    assert!(
        output.stderr.contains("the old codes are gone"),
        "{}",
        output.stderr
    );
    assert_eq!(world.rows(), ["bbbb1111"]);
}

/// A statement changed after it ran stops the next upgrade with a diff; comments and white space do not count; `repair`
/// accepts it and says so in the history.
#[test]
fn a_changed_revision_stops_the_next_upgrade() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    world.project.ok(["upgrade", "head"]);
    world.revision(
        "aaaa1111",
        "null",
        "-- a table\r\ncreate table a\n  (id int);",
        "DROP TABLE a;",
    );
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE TABLE b (id int);",
        "DROP TABLE b;",
    );
    world.project.ok(["upgrade", "head"]);
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id bigint);",
        "DROP TABLE a;",
    );
    world.project.ok(["upgrade", "head"]);
    world.revision(
        "cccc1111",
        "bbbb1111",
        "CREATE TABLE c (id int);",
        "DROP TABLE c;",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 8);
    assert!(
        output.stderr.contains("+ CREATE TABLE a (id bigint);"),
        "{}",
        output.stderr
    );
    assert_eq!(world.rows(), ["bbbb1111"]);
    world.project.ok(["repair", "--reason", "meant"]);
    world.project.ok(["upgrade", "head"]);
    assert_eq!(
        world
            .database
            .value("SELECT note FROM rev_history WHERE action = 'repair'"),
        "meant"
    );
}

/// Alembic's own table works as it is, its `varchar(32)` included.
#[test]
fn alembic_version_works_as_it_is() {
    let Some(world) = world() else { return };
    let settings = format!(
        "database: \"{}\"\nversion_table: alembic_version\n",
        world.database.url()
    );
    world.project.write("rev.yaml", &settings);
    let long = "b234567890123456789012345678901234567890";
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TABLE a (id int);",
            "DROP TABLE a;",
        )
        .revision(
            long,
            "aaaa1111",
            "CREATE TABLE b (id int);",
            "DROP TABLE b;",
        );
    world.database.execute(
        "CREATE TABLE a (id int); CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, \
         CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('aaaa1111')",
    );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(
        world
            .database
            .value("SELECT version_num FROM alembic_version"),
        long
    );
}

/// G11: a read-only database is refused before anything starts; looking at it is fine.
#[test]
fn a_read_only_database_is_refused() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    let name = world.database.name().to_owned();
    world.database.execute(&format!(
        "ALTER DATABASE {name} SET default_transaction_read_only = on"
    ));
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 6, "{}", output.stderr);
    assert!(output.stderr.contains("read-only"), "{}", output.stderr);
    world.project.ok(["current"]);
}

/// The script of `--sql`, run by psql, ends in the same catalogue, rows and history.
#[test]
fn a_script_does_the_same() {
    let (Some(live), Some(script)) = (world(), world()) else {
        return;
    };
    for world in [&live, &script] {
        world
            .revision(
                "aaaa1111",
                "null",
                "CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE a (id int PRIMARY KEY, note text DEFAULT 'it''s \\ odd');\nINSERT INTO a SELECT g FROM generate_series(1, 100) g;",
                "DROP TABLE a;",
            )
            .revision(
                "bbbb1111",
                "aaaa1111",
                "ALTER TYPE mood ADD VALUE 'fine';\nALTER TABLE a ADD COLUMN mood mood DEFAULT 'fine';\nCREATE INDEX CONCURRENTLY a_mood ON a (mood);\n-- rev:only-if SELECT false\nDROP TABLE a;\n-- rev:batch {table: a, key: id, where: \"note <> ''\"}\nUPDATE a SET note = '';\nDELETE FROM a WHERE id > 90;\nALTER TABLE a ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\nALTER TABLE a VALIDATE CONSTRAINT c;\nSET work_mem = '77MB';",
                "DROP INDEX a_mood;",
            )
            .revision(
                "c234567890123456789012345678901234567890",
                "bbbb1111",
                "CREATE TABLE seen AS SELECT current_setting('work_mem') = '77MB' AS spoiled, current_setting('search_path') AS path;",
                "DROP TABLE seen;",
            );
        // As a project that comes from Alembic: its table stands already, and is narrow.
        world
            .database
            .execute("CREATE TABLE rev_version (version_num varchar(32) PRIMARY KEY)");
    }
    let Some(psql) = psql(&live) else { return };
    live.project.ok(["upgrade", "head"]);
    let sql = script.project.ok(["upgrade", "base:head", "--sql"]).stdout;
    script.project.write("up.sql", &sql);
    let run_script = || {
        std::process::Command::new(&psql)
            .args(["-qXd", &script.database.url(), "-f"])
            .arg(script.project.path().join("up.sql"))
            .output()
            .expect("psql starts")
    };
    let output = run_script();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(live.picture(), script.picture());
    let sums = "SELECT revision, action, message, checksum, raw_checksum, upgrade_sql, downgrade_sql, rows_affected::text, statements::text, \
        parents::text, depends_on::text, branch_labels::text, irreversible FROM rev_history ORDER BY id";
    assert_eq!(live.database.rows(sums), script.database.rows(sums));
    assert_eq!(
        script.database.rows("SELECT spoiled::text, path FROM seen"),
        [["false", "public"]]
    );
    // A stamp as a script, and the way back as one.
    for arguments in [
        &["stamp", "aaaa1111"][..],
        &["stamp", "head"],
        &["downgrade", "bbbb1111"],
    ] {
        let yes = (arguments[0] == "downgrade").then_some("--yes");
        live.project.ok(arguments.iter().copied().chain(yes));
        let sql = script
            .project
            .ok(arguments.iter().copied().chain(["--sql"]))
            .stdout;
        script.project.write("up.sql", &sql);
        let output = run_script();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(live.rows(), script.rows(), "{arguments:?}");
        assert_eq!(
            live.database.rows(sums),
            script.database.rows(sums),
            "{arguments:?}"
        );
    }
    live.project.ok(["upgrade", "head"]);
    script.project.ok(["upgrade", "head"]);
    assert!(
        script
            .project
            .ok(["upgrade", "head"])
            .stdout
            .contains("nothing to do")
    );
}

/// G12: a password is in no message, whatever it is made of and however the connection fails.
#[test]
fn passwords_are_never_shown() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    for (written, plain) in [
        ("hunter%402x", "hunter@2x"),
        ("hun%3Ater%2F2x", "hun:ter/2x"),
        ("hun%23ter%3F%2525x", "hun#ter?%25x"),
        ("hun%27ter%22%20x", "hun'ter\" x"),
        ("hun/ter2x", "hun/ter2x"),
        ("hunter%2", "hunter%2"),
        ("hun#ter2x", "hun#ter2x"),
    ] {
        for host in ["127.0.0.1:1", "localhost:1", "no-such-host.invalid"] {
            let url = format!("postgres://app:{written}@{host}/shop");
            for command in [
                vec!["upgrade", "head"],
                vec!["current", "-v"],
                vec!["upgrade", "head", "--format", "json"],
            ] {
                let mut arguments = vec!["-d", url.as_str()];
                arguments.extend(command);
                let output = world.project.rev(&arguments);
                assert_ne!(output.code, 0);
                let said = format!("{}{}", output.stdout, output.stderr);
                for secret in [written, plain, "ter2x"] {
                    assert!(!said.contains(secret), "{secret}: {said}");
                }
            }
        }
    }
}

/// A fault in the fifth revision's text is said before the first is carried out.
#[test]
fn every_script_is_read_before_the_first_runs() {
    let Some(world) = world() else { return };
    let mut parent = "null".to_owned();
    for number in 1..=6 {
        let id = format!("{number}aaa1111");
        let upgrade = format!("CREATE TABLE t{number} (id int PRIMARY KEY);");
        world.revision(&id, &parent, &upgrade, &format!("DROP TABLE t{number};"));
        parent = id;
    }
    let fifth = |body: &str| {
        let text = format!(
            "/*\nrevision: 5aaa1111\ndown_revision: 4aaa1111\nmessage: fifth\ncreate_date: 2026-01-02T00:00:00Z\n*/\n\n{body}\n"
        );
        world.project.write("revisions/5aaa1111.sql", &text);
    };
    for (body, code, said) in [
        ("CREATE TABLE t5 ();", 8, "upgrade"),
        (
            "-- rev:upgrade\n-- rev:frobnicate {}\nSELECT 1;",
            8,
            "rev:frobnicate",
        ),
        ("-- rev:upgrade\nSELECT 'open;", 8, "5aaa1111.sql:9"),
        ("-- rev:upgrade\nSELECT $a$ open;", 8, "5aaa1111.sql:9"),
        (
            "-- rev:upgrade\nCOPY t1 FROM STDIN;\n1\n\\.\n",
            1,
            "5aaa1111.sql:9",
        ),
        ("-- rev:upgrade\nSELECT 1;\nCOMMIT;", 1, "5aaa1111.sql:10"),
        (
            "-- rev:upgrade\n-- rev:batch {table: t1}\nCREATE TABLE t5 ();",
            1,
            "5aaa1111.sql",
        ),
        (
            "-- rev:upgrade\n-- rev:batch {table: t1, key: id}\nINSERT INTO t1 VALUES (1);",
            1,
            "rev:batch needs",
        ),
    ] {
        fifth(body);
        let output = world.project.rev(["upgrade", "head"]);
        assert_ne!(output.code, 0, "{body}");
        assert!(output.stderr.contains(said), "{body}: {}", output.stderr);
        assert!(
            [code, 8].contains(&output.code),
            "{body}: {} {}",
            output.code,
            output.stderr
        );
        assert_eq!(
            world
                .database
                .value("SELECT to_regclass('t1'), to_regclass('rev_version')"),
            "",
            "{body}"
        );
    }
    fifth("-- rev:upgrade\nCREATE TABLE t5 ();\n-- rev:downgrade\nDROP TABLE t5;");
    world.project.ok(["upgrade", "head"]);
    // The same on the way back: the fault lies in the last step.
    world.revision(
        "1aaa1111",
        "null",
        "CREATE TABLE t1 (id int PRIMARY KEY);",
        "DROP TABLE t1;\nSELECT 'open;",
    );
    let output = world.project.rev(["downgrade", "base", "--yes"]);
    assert_eq!(output.code, 8, "{}", output.stderr);
    assert_eq!(world.rows(), ["6aaa1111"]);
}
