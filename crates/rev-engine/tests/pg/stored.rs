//! An older release against a newer database: rows that no file knows, explained and undone from what the database kept.

use crate::world::{World, world};
use rev_testkit::TestProject;

/// Three revisions and a branch, then the files of all but the first are gone.
fn older_release() -> Option<World> {
    let world = world()?;
    world
        .revision("aaaa1111", "null", "CREATE TABLE a (id int);", "DROP TABLE a;")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "CREATE TABLE b (id int);\n\nCREATE INDEX CONCURRENTLY b_id ON b (id);",
            "DROP TABLE b;",
        )
        .revision("cccc1111", "aaaa1111", "CREATE TABLE c (id int);", "DROP TABLE c;")
        .revision("dddd1111", "[bbbb1111, cccc1111]", "", "")
        .revision(
            "eeee1111",
            "dddd1111",
            "CREATE TABLE e (id int, note text DEFAULT '-- rev:downgrade');\nINSERT INTO e VALUES (1);",
            "-- what is kept is the whole section\nDROP TABLE e;\nCOMMENT ON TABLE a IS 'stepped back';",
        );
    world.project.ok(["upgrade", "head", "--tag", "v2"]);
    for id in ["bbbb1111", "cccc1111", "dddd1111", "eeee1111"] {
        forget(&world.project, id);
    }
    Some(world)
}

fn forget(project: &TestProject, id: &str) {
    std::fs::remove_file(project.path().join(format!("revisions/{id}.sql"))).unwrap();
}

/// The upgrade of an older release stops with 8 and says what the newer one did, when and by whom.
#[test]
fn an_unknown_row_is_explained() {
    let Some(world) = older_release() else { return };
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 8, "{}", output.stderr);
    for part in [
        "`eeee1111`, which has no file here",
        "applied 20",
        "with rev ",
        "CREATE TABLE e",
        "INSERT INTO e",
        "rev downgrade TARGET",
    ] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    for arguments in [&["upgrade", "head", "--plan"][..], &["stamp", "aaaa1111"]] {
        let output = world.project.rev(arguments);
        assert_eq!(output.code, 8, "{}", output.stderr);
        assert!(
            output.stderr.contains("CREATE TABLE e"),
            "{}",
            output.stderr
        );
    }
    let json = world.project.rev(["upgrade", "head", "--format", "json"]);
    assert_eq!(json.code, 8);
    assert!(
        json.stdout.contains("\"code\": \"unknown_row\""),
        "{}",
        json.stdout
    );
    assert_eq!(world.rows(), ["eeee1111"]);
}

/// Whoever looks is told as well.
#[test]
fn whoever_looks_is_told() {
    let Some(world) = older_release() else { return };
    let current = world.project.ok(["current", "-v"]).stdout;
    assert!(
        current.contains("eeee1111 (no file here)  \"eeee1111\", applied"),
        "{current}"
    );
    assert!(current.contains("    CREATE TABLE e"), "{current}");
    let json = world.project.ok(["current", "--format", "json"]).stdout;
    assert!(json.contains("\"way_back\": true"), "{json}");
    // `a` has a file and lies below the unknown row: it is applied, not pending.
    assert!(json.contains("\"pending\": []"), "{json}");
    assert_eq!(world.project.rev(["current", "--check-heads"]).code, 8);
    let status = world.project.ok(["status"]).stdout;
    assert!(
        status.contains("no file here: eeee1111: \"eeee1111\", applied"),
        "{status}"
    );
    let history = world.project.ok(["history", "-i"]);
    assert!(
        history
            .stderr
            .contains("`eeee1111`, which has no file here"),
        "{}",
        history.stderr
    );
    assert!(history.stdout.contains('◉'), "{}", history.stdout);
    let check = world.project.rev(["check"]);
    assert_eq!(check.code, 8, "{}", check.stdout);
    assert!(check.stdout.contains("CREATE TABLE e"), "{}", check.stdout);
}

/// The way back is taken from the database, through a merge, over both branches, to a revision that has a file.
#[test]
fn a_downgrade_takes_the_stored_way_back() {
    let Some(world) = older_release() else { return };
    let plan = world.project.ok(["downgrade", "-1", "--plan"]).stdout;
    assert!(
        plan.contains("downgrade eeee1111") && plan.contains("DROP TABLE e"),
        "{plan}"
    );
    let refused = world.project.rev(["downgrade", "aaaa1111"]);
    assert_eq!(refused.code, 6, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("eeee1111 drops table e"),
        "{}",
        refused.stderr
    );
    let script = world.project.ok(["downgrade", "dddd1111", "--sql"]).stdout;
    assert!(script.contains("DROP TABLE e"), "{script}");
    world.project.ok(["downgrade", "dddd1111", "--yes"]);
    assert_eq!(world.rows(), ["dddd1111"]);
    assert_eq!(
        world
            .database
            .value("SELECT obj_description('a'::regclass)"),
        "stepped back"
    );
    world.project.ok(["downgrade", "aaaa1111", "--yes"]);
    assert_eq!(world.rows(), ["aaaa1111"]);
    let left = "SELECT count(*) FROM pg_class WHERE relname IN ('b', 'b_id', 'c', 'e')";
    assert_eq!(world.database.value(left), "0");
    // Back among its own: the older release goes on as if the newer one had never been.
    assert!(
        world
            .project
            .ok(["upgrade", "head"])
            .stdout
            .contains("nothing to do")
    );
    let kept =
        "SELECT action, parents::text FROM rev_history WHERE revision = 'dddd1111' ORDER BY id";
    assert_eq!(
        world.database.rows(kept),
        [
            ["upgrade", "{bbbb1111,cccc1111}"],
            ["downgrade", "{bbbb1111,cccc1111}"]
        ]
    );
}

/// What a file said of its way back still holds when it is gone: a reason not to, or no section at all.
#[test]
fn a_stored_refusal_still_refuses() {
    let Some(world) = world() else { return };
    let header = |id: &str, parent: &str, more: &str| {
        format!(
            "/*\nrevision: {id}\ndown_revision: {parent}\nmessage: {id}\ncreate_date: 2026-01-02T00:00:00Z\n{more}*/\n\n-- rev:upgrade\n\nCREATE TABLE {id} ();\n"
        )
    };
    world.revision("aaaa1111", "null", "SELECT 1;", "SELECT 1;");
    world
        .project
        .write(
            "revisions/bbbb1111.sql",
            &header("bbbb1111", "aaaa1111", ""),
        )
        .write(
            "revisions/cccc1111.sql",
            &header(
                "cccc1111",
                "bbbb1111",
                "irreversible: the old codes are gone\n",
            ),
        );
    world.project.ok(["upgrade", "head"]);
    forget(&world.project, "bbbb1111");
    forget(&world.project, "cccc1111");
    let output = world.project.rev(["downgrade", "-1", "--yes"]);
    assert_eq!(output.code, 6, "{}", output.stderr);
    assert!(
        output.stderr.contains("the old codes are gone"),
        "{}",
        output.stderr
    );
    world
        .database
        .execute("UPDATE rev_version SET version_num = 'bbbb1111'");
    let output = world.project.rev(["downgrade", "-1", "--yes"]);
    assert_eq!(output.code, 6, "{}", output.stderr);
    assert!(
        output.stderr.contains("no downgrade section"),
        "{}",
        output.stderr
    );
}

/// A dependency that is no parent is kept as well: it goes before what it needs.
#[test]
fn dependencies_are_kept() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int PRIMARY KEY);",
        "DROP TABLE a;",
    );
    world.project.write(
        "revisions/ffff1111.sql",
        "/*\nrevision: ffff1111\ndown_revision: null\nmessage: needs a\ncreate_date: 2026-01-02T00:00:00Z\ndepends_on: [aaaa]\nbranch_labels: [side]\n*/\n\n-- rev:upgrade\n\nCREATE TABLE f (a int REFERENCES a);\n\n-- rev:downgrade\n\nDROP TABLE f;\n",
    );
    world.project.ok(["upgrade", "heads"]);
    forget(&world.project, "ffff1111");
    world.project.ok(["downgrade", "side@base", "--yes"]);
    assert_eq!(world.rows(), ["aaaa1111"]);
    assert_eq!(world.database.value("SELECT to_regclass('f')"), "");
}

/// The layout of the history table before it kept a revision's place in the graph.
const FORMER_LAYOUT: &str = "CREATE TABLE rev_version (version_num text NOT NULL PRIMARY KEY);\
    CREATE TABLE rev_history (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, run_id text NOT NULL, revision text NOT NULL, \
    action text NOT NULL, message text, started_at timestamp with time zone NOT NULL, finished_at timestamp with time zone, \
    duration interval GENERATED ALWAYS AS (finished_at - started_at) STORED, status text NOT NULL CHECK (status IN ('running', 'done', 'failed')), \
    checksum text, raw_checksum text, upgrade_sql text, downgrade_sql text, rows_affected bigint, statements integer, error text, \
    db_user text DEFAULT (SESSION_USER), host text, actor text, tool_version text, git_commit text, tag text, note text);\
    CREATE TABLE rev_progress (revision text NOT NULL, action text NOT NULL, statement integer NOT NULL, intent text, checksum text, \
    status text NOT NULL CHECK (status IN ('running', 'done')), run_id text, last_key text, rows_done bigint, estimate bigint, \
    started_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp(), updated_at timestamp with time zone NOT NULL DEFAULT pg_catalog.clock_timestamp());\
    CREATE UNIQUE INDEX rev_progress_key ON rev_progress (revision, action, statement);\
    CREATE INDEX rev_history_revision ON rev_history (revision, id);";

/// A history table of the former layout is read as it is, and brought up to date by the first run that has something to do.
#[test]
fn a_table_of_the_former_layout() {
    let Some(world) = world() else { return };
    world.database.execute(FORMER_LAYOUT);
    world.database.execute(
        "CREATE TABLE a (id int); CREATE TABLE x (id int); INSERT INTO rev_version VALUES ('xxxx1111');\
         INSERT INTO rev_history (run_id, revision, action, message, started_at, finished_at, status, upgrade_sql, downgrade_sql, host, actor, tool_version) VALUES \
         ('r', 'aaaa1111', 'upgrade', 'first', now(), now(), 'done', 'CREATE TABLE a (id int);', 'DROP TABLE a;', 'h', 'ann', '0.0.9'),\
         ('r', 'xxxx1111', 'upgrade', 'second', now(), now(), 'done', 'CREATE TABLE x (id int);', 'DROP TABLE x;', 'h', 'ann', '0.0.9');",
    );
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 8, "{}", output.stderr);
    for part in [
        "\"second\"",
        "by ann@h with rev 0.0.9",
        "CREATE TABLE x",
        "has not kept a way back",
    ] {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    let output = world.project.rev(["downgrade", "aaaa1111", "--yes"]);
    assert_eq!(output.code, 8, "{}", output.stderr);
    assert!(
        output
            .stderr
            .contains("`xxxx1111`, which has no file here and no stored way back"),
        "{}",
        output.stderr
    );
    for command in ["current", "status", "log"] {
        world.project.ok([command]);
    }
    // The file is there again, and with it everything goes on; the table has the new columns afterwards.
    world
        .revision(
            "xxxx1111",
            "aaaa1111",
            "CREATE TABLE x (id int);",
            "DROP TABLE x;",
        )
        .revision(
            "yyyy1111",
            "xxxx1111",
            "CREATE TABLE y (id int);",
            "DROP TABLE y;",
        );
    world.project.ok(["upgrade", "head"]);
    forget(&world.project, "yyyy1111");
    world.project.ok(["downgrade", "-1", "--yes"]);
    assert_eq!(world.rows(), ["xxxx1111"]);
}

/// `repair` writes into a table of the former layout as well.
#[test]
fn repair_on_the_former_layout() {
    let Some(world) = world() else { return };
    world.database.execute(FORMER_LAYOUT);
    world.database.execute(
        "INSERT INTO rev_version VALUES ('aaaa1111');\
         INSERT INTO rev_history (run_id, revision, action, started_at, finished_at, status, checksum, raw_checksum, upgrade_sql) VALUES \
         ('r', 'aaaa1111', 'upgrade', now(), now(), 'done', 'other', 'other', 'CREATE TABLE a ();')",
    );
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);",
        "DROP TABLE a;",
    );
    world.project.ok(["repair", "--reason", "meant"]);
    assert_eq!(
        world
            .database
            .value("SELECT parents::text FROM rev_history WHERE action = 'repair'"),
        "{}"
    );
}
