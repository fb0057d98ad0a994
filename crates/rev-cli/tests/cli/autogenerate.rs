//! `rev autogenerate` on a real server: what is found, what is refused, and that nothing is written then.

use crate::session;
use rev_testkit::{Database, TestProject, fresh_database};

const SALE: &str = "CREATE TABLE sale (id bigint PRIMARY KEY, total numeric(10, 2) NOT NULL);\n";

/// A project on a fresh database, with its first revision generated and applied.
fn shop() -> Option<(TestProject, Database)> {
    let database = fresh_database()?;
    let project = TestProject::with_database(&database.url());
    project.write("schema/sale.sql", SALE);
    project.ok(["autogenerate", "-m", "sales", "--rev-id", "aaaa00000001"]);
    project.ok(["upgrade", "head"]);
    Some((project, database))
}

fn revisions(project: &TestProject) -> usize {
    project.files("revisions").len()
}

#[test]
fn a_new_column_and_nothing_new() {
    let Some((project, database)) = shop() else {
        return;
    };
    database.execute("INSERT INTO sale VALUES (1, 9.99)");
    project.write(
        "schema/sale.sql",
        "CREATE TABLE sale (\n    id bigint PRIMARY KEY,\n    total numeric(10, 2) NOT NULL,\n    external_id uuid UNIQUE,\n    \
         source_device varchar(128) NOT NULL DEFAULT 'web'\n);\n",
    );
    insta::assert_snapshot!(session(
        &project,
        &[
            &[
                "autogenerate",
                "-m",
                "where a sale comes from",
                "--no-online",
                "--rev-id",
                "aaaa00000002"
            ],
            &["upgrade", "head"],
            &["autogenerate", "-m", "again"],
            &["autogenerate", "-m", "again", "--from-database"],
            &["downgrade", "-1", "--yes"],
        ]
    ));
    assert_eq!(database.value("SELECT count(*) FROM sale"), "1");
    assert_eq!(revisions(&project), 2);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let Some((project, _database)) = shop() else {
        return;
    };
    project.write("schema/note.sql", "CREATE TABLE note (id int);\n");
    insta::assert_snapshot!(session(
        &project,
        &[&[
            "autogenerate",
            "--dry-run",
            "-m",
            "notes",
            "--rev-id",
            "aaaa00000002"
        ]]
    ));
    assert_eq!(revisions(&project), 1);
}

#[test]
fn decisions_are_asked_for() {
    let Some((project, database)) = shop() else {
        return;
    };
    database.execute("INSERT INTO sale VALUES (1, 9.99)");
    project.write(
        "schema/sale.sql",
        "CREATE TABLE sale (id bigint PRIMARY KEY, amount numeric(10, 2) NOT NULL);\n",
    );
    let renamed = session(&project, &[&["autogenerate", "-m", "renamed"]]);
    project.write(
        "schema/sale.sql",
        "CREATE TABLE sale (id bigint PRIMARY KEY, total numeric(10, 2) NOT NULL, device text NOT NULL);\n",
    );
    let default = session(
        &project,
        &[
            &["autogenerate", "-m", "device"],
            &["autogenerate", "-m", "device", "--from-database"],
        ],
    );
    project.write(
        "schema/sale.sql",
        "CREATE TABLE sale (id bigint PRIMARY KEY);\n",
    );
    let lost = session(&project, &[&["autogenerate", "-m", "lost"]]);
    insta::assert_snapshot!(format!("{renamed}{default}{lost}"));
    assert_eq!(revisions(&project), 1);
}

#[test]
fn bad_models_are_named_and_nothing_is_written() {
    let Some((mut project, _database)) = shop() else {
        return;
    };
    project.write(
        "schema/note.sql",
        "CREATE TABLE note (id int);\n\nCREATE VIEW v AS SELECT * FROM nothing;\n",
    );
    let view = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write("schema/note.sql", "CREATE EXTENSION no_such_extension;\n");
    let extension = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write("schema/note.sql", "CREATE TABLE sale (id int);\n");
    let twice = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write(
        "rev.yaml",
        "models: [{command: 'echo oh no >&2; exit 3'}]\n",
    );
    let failing = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write("rev.yaml", "models: [{command: 'true'}]\n");
    let silent = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write("rev.yaml", "models: [nothing/*.sql]\n");
    let none = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write(
        "rev.yaml",
        "models: [schema/*.sql]\ndev_database: postgres://nobody@127.0.0.1:1/x\n",
    );
    project.write("schema/note.sql", "");
    let place = session(&project, &[&["autogenerate", "-m", "x"]]);
    project.write("rev.yaml", "models: [schema/*.sql]\n");
    project.env("REV_POSTGRES_BIN", "/nowhere");
    let binaries = session(&project, &[&["autogenerate", "-m", "x"]]);
    insta::assert_snapshot!(format!(
        "{view}{extension}{twice}{failing}{silent}{none}{place}{binaries}"
    ));
    assert_eq!(revisions(&project), 1);
}

#[test]
fn a_database_behind_or_unknown_is_refused() {
    let Some((project, database)) = shop() else {
        return;
    };
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "CREATE TABLE t ();",
        "DROP TABLE t;",
    );
    let behind = session(&project, &[&["autogenerate", "-m", "x", "--from-database"]]);
    database.execute("UPDATE rev_version SET version_num = 'ffff00000009'");
    let unknown = session(&project, &[&["autogenerate", "-m", "x", "--from-database"]]);
    insta::assert_snapshot!(format!("{behind}{unknown}"));
}

#[test]
fn a_revision_that_does_not_run_is_named_with_its_line() {
    let Some((project, _database)) = shop() else {
        return;
    };
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "SELECT 1;\n\nALTER TABLE sale\n    DROP COLUMN nothing;",
        "",
    );
    insta::assert_snapshot!(session(&project, &[&["autogenerate", "-m", "x"]]));
}

#[test]
fn models_may_come_from_a_program_or_a_database() {
    let Some((project, _database)) = shop() else {
        return;
    };
    let Some(reference) = fresh_database() else {
        return;
    };
    reference.execute("CREATE TABLE sale (id bigint PRIMARY KEY, total numeric(10, 2) NOT NULL); CREATE TABLE extra (id int)");
    let settings = project.read("rev.yaml");
    let database = settings.lines().next().unwrap_or_default().to_owned();
    project.write("rev.yaml", &format!("{database}\nmodels: [{{command: cat schema/sale.sql; echo 'CREATE TABLE more (id int);'}}]\n"));
    let program = session(
        &project,
        &[&[
            "autogenerate",
            "--dry-run",
            "-m",
            "x",
            "--rev-id",
            "aaaa00000002",
        ]],
    );
    project.write(
        "rev.yaml",
        &format!("{database}\nmodels:\n  - database: {}\n", reference.url()),
    );
    let imitated = session(
        &project,
        &[&[
            "autogenerate",
            "--dry-run",
            "-m",
            "x",
            "--rev-id",
            "aaaa00000002",
        ]],
    );
    insta::assert_snapshot!(format!("{program}{imitated}"));
}

#[test]
fn what_was_loaded_once_is_kept_and_never_wrong() {
    let Some((project, _database)) = shop() else {
        return;
    };
    let nothing = "no changes: the models agree with the history\n";
    assert_eq!(project.ok(["autogenerate", "-m", "x"]).stderr, nothing);
    let kept = project.files(".rev/cache");
    assert!(!kept.is_empty());
    assert_eq!(project.ok(["autogenerate", "-m", "x"]).stderr, nothing);
    assert_eq!(project.files(".rev/cache"), kept);
    // A file that was cut short, or that somebody wrote into, counts as absent.
    for file in &kept {
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::write(file, &text[..text.len() / 2]).unwrap();
    }
    assert_eq!(project.ok(["autogenerate", "-m", "x"]).stderr, nothing);
    project.write(
        "schema/sale.sql",
        &SALE.replace("numeric(10, 2)", "numeric(12, 2)"),
    );
    let changed = project.ok(["autogenerate", "--dry-run", "-m", "x"]).stdout;
    assert!(
        changed.starts_with("~ change column sale.total"),
        "{changed}"
    );
    project.write("schema/sale.sql", SALE);
    assert_eq!(project.ok(["autogenerate", "-m", "x"]).stderr, nothing);
}

#[test]
fn a_history_may_name_roles_batches_and_conditions() {
    let Some((project, _database)) = shop() else {
        return;
    };
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "GRANT SELECT ON sale TO \"a role of nobody\";\n\
         INSERT INTO sale VALUES (1, 1), (2, 200);\n\
         -- rev:batch {table: sale, key: id, where: \"total > 100\"}\nUPDATE sale SET total = 100;\n\
         ALTER TABLE sale ADD CONSTRAINT still_small CHECK (id <> 1 OR total = 1);\n\
         -- rev:only-if SELECT count(*) > 5 FROM sale\nDROP TABLE sale;",
        "ALTER TABLE sale DROP CONSTRAINT still_small;",
    );
    project.write(
        "schema/sale.sql",
        "CREATE TABLE sale (id bigint PRIMARY KEY, total numeric(10, 2) NOT NULL,\n\
         CONSTRAINT still_small CHECK (id <> 1 OR total = 1));\n\
         GRANT SELECT ON sale TO \"a role of nobody\";\n",
    );
    let output = project.ok(["autogenerate", "-m", "x"]);
    assert_eq!(
        output.stderr,
        "no changes: the models agree with the history\n"
    );
    // Both sides come from the cache now, and the proof meets the role on a new server.
    project.write(
        "schema/more.sql",
        "CREATE TABLE more (id int);\nGRANT SELECT ON more TO \"another\";\n",
    );
    project.ok(["autogenerate", "--dry-run", "-m", "x"]);
    project.ok(["autogenerate", "-m", "x"]);
}
