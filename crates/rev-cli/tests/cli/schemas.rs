//! The commands that compare and rehearse schemas: `check`, `diff`, `inspect`, `adopt`, `test`, and their kin.

use crate::session;
use rev_testkit::{Database, TestProject, fresh_database};

const SHOP: &str = "CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL);\nCREATE INDEX shop_name ON shop (name);\n";

fn project() -> Option<(TestProject, Database)> {
    let database = fresh_database()?;
    let project = TestProject::with_database(&database.url());
    project.write("schema/shop.sql", SHOP);
    Some((project, database))
}

#[test]
fn check_tells_pending_from_different_from_drift() {
    let Some((project, database)) = project() else {
        return;
    };
    let different = session(&project, &[&["check"]]);
    project.ok(["autogenerate", "-m", "shop", "--rev-id", "aaaa00000001"]);
    let pending = session(&project, &[&["check"], &["check", "--offline"]]);
    project.ok(["upgrade", "head"]);
    let fine = session(&project, &[&["check"]]);
    database.execute("ALTER TABLE shop ADD COLUMN note text");
    let drift = session(
        &project,
        &[
            &["check"],
            &["diff", "history", "database"],
            &["check", "--no-database"],
        ],
    );
    insta::assert_snapshot!(format!("{different}{pending}{fine}{drift}"));
}

#[test]
fn any_two_schemas_are_compared() {
    let Some((project, database)) = project() else {
        return;
    };
    database.execute("CREATE TABLE shop (id int PRIMARY KEY, name varchar(20) NOT NULL)");
    project.write("old.sql", "CREATE TABLE shop (id bigint);\n");
    insta::assert_snapshot!(session(
        &project,
        &[
            &["diff", "empty", "models"],
            &["diff", "database", "models", "--summary"],
            &["diff", "old.sql", "database", "--summary"],
            &["diff", "models", "schema"],
            &["diff", "old.sql", "models", "--format", "json"],
            &["diff", "modles"],
        ]
    ));
}

#[test]
fn an_inspected_database_loads_back() {
    let Some((project, database)) = project() else {
        return;
    };
    database.execute(SHOP);
    database.execute("CREATE SCHEMA \"Other\"; CREATE TYPE \"Other\".mood AS ENUM ('a', 'b')");
    let printed = project.ok(["inspect"]);
    project.write("schema/shop.sql", &printed.stdout);
    insta::assert_snapshot!(session(
        &project,
        &[&["inspect"], &["diff", "database", "models"]]
    ));
}

#[test]
fn an_existing_database_is_adopted_once() {
    let Some((project, database)) = project() else {
        return;
    };
    let taken = session(&project, &[&["adopt"]]);
    std::fs::remove_file(project.path().join("schema/shop.sql")).unwrap();
    database.execute(SHOP);
    database.execute("INSERT INTO shop VALUES (1, 'x')");
    let adopted = session(
        &project,
        &[
            &["adopt", "--rev-id", "aaaa00000001"],
            &["check"],
            &["autogenerate", "-m", "x"],
            &["upgrade", "head"],
            &["adopt"],
        ],
    );
    assert_eq!(database.value("SELECT count(*) FROM shop"), "1");
    insta::assert_snapshot!(format!("{taken}{adopted}"));
}

#[test]
fn revisions_are_tried_up_and_down() {
    let Some((project, _database)) = project() else {
        return;
    };
    project.revision("aaaa00000001", "null", SHOP, "DROP TABLE shop;");
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "ALTER TABLE shop ADD COLUMN note text;\nCREATE TYPE mood AS ENUM ('a');",
        "ALTER TABLE shop DROP COLUMN note;",
    );
    let left = session(
        &project,
        &[&["test"], &["test", "aaaa00000001", "--format", "json"]],
    );
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "UPDATE shop SET name = upper(name);",
        "UPDATE shop SET name = lower(name);",
    );
    project.write("rows.sql", "INSERT INTO shop VALUES (1, 'Mixed');");
    let rows = session(&project, &[&["test"], &["test", "--seed", "rows.sql"]]);
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "ALTER TABLE shops ADD COLUMN x int;",
        "",
    );
    let wrong = session(&project, &[&["test", "head"]]);
    insta::assert_snapshot!(format!("{left}{rows}{wrong}"));
}

#[test]
fn a_downgrade_is_derived() {
    let Some((project, _database)) = project() else {
        return;
    };
    project.revision("aaaa00000001", "null", SHOP, "DROP TABLE shop;");
    project.revision(
        "aaaa00000002",
        "aaaa00000001",
        "ALTER TABLE shop ADD COLUMN note text;\nDROP INDEX shop_name;",
        "",
    );
    let derived = session(
        &project,
        &[
            &[
                "revision",
                "--derive-downgrade",
                "revisions/aaaa00000002.sql",
            ],
            &["revision", "--derive-downgrade", "head"],
            &["test"],
        ],
    );
    insta::assert_snapshot!(format!(
        "{derived}{}",
        project.read("revisions/aaaa00000002.sql")
    ));
}

#[test]
fn branches_commute_or_not() {
    let Some((project, _database)) = project() else {
        return;
    };
    project.revision("aaaa00000001", "null", SHOP, "DROP TABLE shop;");
    project.revision(
        "bbbb00000001",
        "aaaa00000001",
        "ALTER TABLE shop ADD COLUMN a int;",
        "ALTER TABLE shop DROP COLUMN a;",
    );
    project.revision(
        "cccc00000001",
        "aaaa00000001",
        "ALTER TABLE shop ADD COLUMN b int;",
        "ALTER TABLE shop DROP COLUMN b;",
    );
    let commute = session(&project, &[&["merge", "heads", "--check"]]);
    project.revision(
        "cccc00000001",
        "aaaa00000001",
        "CREATE VIEW shops AS SELECT * FROM shop;",
        "DROP VIEW shops;",
    );
    let order = session(&project, &[&["merge", "heads", "--check"]]);
    project.revision(
        "cccc00000001",
        "aaaa00000001",
        "ALTER TABLE shop ADD COLUMN a text;",
        "ALTER TABLE shop DROP COLUMN a;",
    );
    let clash = session(&project, &[&["merge", "heads", "--check"]]);
    insta::assert_snapshot!(format!("{commute}{order}{clash}"));
}
