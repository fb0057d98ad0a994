//! Backups, restores and health reports as a person meets them.

use rev_testkit::{Database, TestProject, fresh_database, skipped};

const TABLE: &str =
    "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT FROM generate_series(1, 5);";

/// A project with one applied revision; none, said aloud, without a server or `pg_dump`.
fn scene() -> Option<(TestProject, Database)> {
    let database = fresh_database()?;
    let project = TestProject::with_database(&database.url());
    project.revision("aaaa1111", "null", TABLE, "DROP TABLE t;");
    project.ok(["upgrade", "head"]);
    let output = project.rev(["backup", "create", "--note", "first"]);
    if output.stderr.contains("no_pg_dump") || output.stderr.contains("a dump needs a pg_dump") {
        skipped("this machine has no pg_dump for its server");
        return None;
    }
    assert_eq!(output.code, 0, "{}", output.stderr);
    Some((project, database))
}

fn others(database: &Database) -> Vec<String> {
    let name = database.name();
    let query =
        format!("SELECT datname FROM pg_database WHERE datname LIKE '{name}\\_before%' ORDER BY 1");
    database
        .rows(&query)
        .into_iter()
        .map(|row| row[0].clone())
        .collect()
}

fn drop_others(database: &Database) {
    for name in others(database) {
        let server = database.server();
        server.execute("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

#[test]
fn there_and_back() {
    let Some((project, database)) = scene() else {
        return;
    };
    let listed = project.ok(["backup", "list"]).stdout;
    assert!(
        listed.contains("aaaa1111") && listed.contains("first"),
        "{listed}"
    );
    assert!(project.ok(["backup", "verify"]).stdout.contains("is sound"));
    database.execute("DELETE FROM t");
    let refused = project.rev(["restore"]);
    assert_eq!(refused.code, 6, "{}", refused.stderr);
    assert_eq!(database.value("SELECT count(*) FROM t"), "0");
    let restored = project.ok(["restore", "--yes"]).stdout;
    assert!(restored.contains("DROP DATABASE"), "{restored}");
    assert_eq!(database.value("SELECT count(*) FROM t"), "5");
    assert_eq!(others(&database).len(), 1);
    drop_others(&database);
    assert_eq!(project.rev(["restore", "nosuch"]).code, 1);
}

#[test]
fn a_failed_upgrade_goes_back_only_where_something_was_committed() {
    let Some((project, database)) = scene() else {
        return;
    };
    project.revision("bbbb1111", "aaaa1111", "SELECT 1/0;", "SELECT 1;");
    let failed = project.rev(["upgrade", "head", "--restore-on-failure"]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.stderr.contains("the backup is not needed"),
        "{}",
        failed.stderr
    );
    assert!(others(&database).is_empty());

    project.revision(
        "bbbb1111",
        "aaaa1111",
        "ALTER TABLE t ADD x int;",
        "SELECT 1;",
    );
    project.revision("cccc1111", "bbbb1111", "SELECT 1/0;", "SELECT 1;");
    let failed = project.rev([
        "upgrade",
        "head",
        "--restore-on-failure",
        "--format",
        "json",
    ]);
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    assert!(
        failed.stdout.contains("\"restored\": {"),
        "{}",
        failed.stdout
    );
    assert_eq!(
        database.value("SELECT string_agg(version_num, ',') FROM rev_version"),
        "aaaa1111"
    );
    assert_eq!(others(&database).len(), 1);
    drop_others(&database);
}

#[test]
fn an_upgrade_that_makes_the_database_worse_says_so() {
    let Some((project, _database)) = scene() else {
        return;
    };
    project.revision(
        "bbbb1111",
        "aaaa1111",
        "SELECT setval('t_id_seq', 1);",
        "SELECT 1;",
    );
    let before = project.files(".rev/backups").len();
    let worse = project.rev(["upgrade", "head", "--backup", "--validate"]);
    assert_eq!(worse.code, 4, "{}", worse.stderr);
    assert!(
        worse.stdout.contains("public.t_id_seq  gives 2 next"),
        "{}",
        worse.stdout
    );
    assert_eq!(project.files(".rev/backups").len(), before + 2);
    project.ok(["upgrade", "head", "--backup", "--validate"]);
    assert_eq!(
        project.files(".rev/backups").len(),
        before + 2,
        "nothing to do takes no backup"
    );
    assert_eq!(project.rev(["validate"]).code, 4);
    assert_eq!(project.rev(["validate", "--skip", "sequences"]).code, 0);
}
