//! Histories of other tools, taken over.

use rev_testkit::{TestProject, fresh_database};

fn dbmate(project: &TestProject) {
    project.write(
        "db/migrations/20260101000000_create_users.sql",
        "-- migrate:up\nCREATE TABLE users (id int);\n\n-- migrate:down\nDROP TABLE users;\n",
    );
    project.write(
        "db/migrations/20260102000000_add_name.sql",
        "-- migrate:up\nBEGIN;\nALTER TABLE users ADD name text;\nCOMMIT;\n\n-- migrate:down\nALTER TABLE users DROP name;\n",
    );
}

#[test]
fn forwards_and_back() {
    let Some(database) = fresh_database() else {
        return;
    };
    let project = TestProject::with_database(&database.url());
    dbmate(&project);
    project.ok(["import", "db/migrations", "--dry-run"]);
    assert!(project.files("revisions").is_empty());
    let imported = project.ok(["import", "db/migrations"]);
    assert!(
        imported.stderr.contains("all ways back run"),
        "{}",
        imported.stderr
    );
    assert_eq!(imported.stdout.lines().count(), 2, "{}", imported.stdout);
    let history = project.ok(["history"]).stdout;
    assert!(
        history.contains("create users") && history.contains("add name"),
        "{history}"
    );
    project.ok(["upgrade", "head"]);
    assert_eq!(database.value("SELECT count(name) FROM users"), "0");
    project.ok(["downgrade", "base", "--yes"]);
    assert_eq!(database.value("SELECT to_regclass('users')::text"), "");
}

#[test]
fn what_does_not_run_is_named_in_its_own_file_and_nothing_is_written() {
    if fresh_database().is_none() {
        return;
    }
    let project = TestProject::with_database("postgres://localhost:1/none");
    project.write("m/1_a.up.sql", "CREATE TABLE a (id int);\n");
    project.write("m/2_b.up.sql", "-- next\nSELECT * FROM nowhere;\n");
    let failed = project.rev(["import", "m"]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.stderr.contains("m/2_b.up.sql:2"),
        "{}",
        failed.stderr
    );
    assert!(project.files("revisions").is_empty());
    project.write("m/2_b.up.sql", "CREATE TABLE b (id int);\n");
    project.ok(["import", "m"]);
    let shown = project.ok(["show", "head"]).stdout;
    assert!(shown.contains("2_b.up.sql has no way back"), "{shown}");
}

#[test]
fn a_folder_of_nobody_is_refused() {
    let project = TestProject::with_database("postgres://localhost:1/none");
    project.write("m/readme.sql", "SELECT 1;");
    let refused = project.rev(["import", "m"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("no SQL migrations of a known tool"),
        "{}",
        refused.stderr
    );
    assert_eq!(project.rev(["import", "m", "--from", "rails"]).code, 2);
}
