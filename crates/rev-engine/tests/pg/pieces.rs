//! G2: what refuses a transaction runs alone, is noted, and is looked for in the catalogue.

use crate::world::{signal, world};

const TABLE: &str = "CREATE TABLE t (id int PRIMARY KEY, a int);\nINSERT INTO t SELECT g, g % 100 FROM generate_series(1, 1000) g;";

/// Transactional and other statements in one revision, enum values added and used, a constraint validated.
#[test]
fn a_mixed_revision_is_carried_out_in_pieces() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", TABLE, "DROP TABLE t;").revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE TYPE mood AS ENUM ('ok');\nALTER TABLE t ADD COLUMN b int;\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nALTER TYPE mood ADD VALUE 'fine';\nALTER TYPE mood ADD VALUE 'good';\nALTER TABLE t ADD COLUMN m mood DEFAULT 'fine';\nALTER TABLE t ADD CONSTRAINT positive CHECK (a >= 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT positive;\nVACUUM t;",
        "DROP INDEX CONCURRENTLY t_a;\nALTER TABLE t DROP COLUMN m, DROP COLUMN b, DROP CONSTRAINT positive;\nDROP TYPE mood;",
    );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.rows(), ["bbbb1111"]);
    assert_eq!(
        world
            .database
            .value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass"),
        "t"
    );
    assert_eq!(
        world
            .database
            .value("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'"),
        "t"
    );
    assert_eq!(
        world.database.value("SELECT count(*) FROM rev_progress"),
        "0"
    );
    world.project.ok(["downgrade", "-1", "--yes"]);
    assert_eq!(world.rows(), ["aaaa1111"]);
    assert_eq!(world.database.value("SELECT to_regclass('t_a')"), "");
}

/// A value whose use no text betrays: the server's refusal teaches the runner to commit in between.
#[test]
fn an_enum_value_used_in_disguise() {
    let Some(world) = world() else { return };
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE t (m mood);",
            "DROP TABLE t;",
        )
        .revision(
            "bbbb1111",
            "aaaa1111",
            "ALTER TYPE mood ADD VALUE 'fine';\nINSERT INTO t SELECT lower('FINE')::mood;",
            "",
        );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.database.value("SELECT m FROM t"), "fine");
}

/// A procedure that commits refuses a transaction, and nothing in the CALL says so.
#[test]
fn a_procedure_that_commits() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE t (id int);\nCREATE PROCEDURE fill() LANGUAGE plpgsql AS $$BEGIN FOR i IN 1..3 LOOP INSERT INTO t VALUES (i); COMMIT; END LOOP; END$$;\nCALL fill();",
        "DROP TABLE t;",
    );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.database.value("SELECT count(*) FROM t"), "3");
}

/// A concurrent index that fails leaves no INVALID index, keeps what is done, and the corrected revision goes on.
#[test]
fn a_failed_concurrent_index_is_cleared_and_resumed() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", TABLE, "DROP TABLE t;").revision(
        "bbbb1111",
        "aaaa1111",
        "ALTER TABLE t ADD COLUMN b int;\nCREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\nCOMMENT ON TABLE t IS 'x';",
        "",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("1 of its 3 statements"),
        "{}",
        output.stderr
    );
    assert_eq!(world.database.value("SELECT to_regclass('t_a')"), "");
    assert_eq!(world.rows(), ["aaaa1111"]);
    // What is done may not change any more; what failed may.
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "ALTER TABLE t ADD COLUMN c int;\nCREATE INDEX CONCURRENTLY t_a ON t (a);",
        "",
    );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 8, "{}", output.stderr);
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "ALTER TABLE t ADD COLUMN b int;\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nCOMMENT ON TABLE t IS 'x';",
        "",
    );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.rows(), ["bbbb1111"]);
    assert_eq!(
        world
            .database
            .value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass"),
        "t"
    );
}

/// `IF NOT EXISTS` over an INVALID index reports success; the runner does not believe it.
#[test]
fn an_invalid_leftover_is_built_again() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", TABLE, "DROP TABLE t;");
    world.project.ok(["upgrade", "head"]);
    world.database.execute(
        "CREATE INDEX t_a ON t (a); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_a'::regclass",
    );
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);",
        "",
    );
    world.project.ok(["upgrade", "head"]);
    assert_eq!(
        world
            .database
            .value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass"),
        "t"
    );
}

/// A batch is killed in the middle and goes on where it was: no row twice, none left out.
#[test]
fn a_batch_goes_on_after_a_kill() {
    let Some(world) = world() else { return };
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, done boolean NOT NULL DEFAULT false);\nINSERT INTO t (id) SELECT g FROM generate_series(1, 3000) g;",
            "DROP TABLE t;",
        )
        .revision(
            "bbbb1111",
            "aaaa1111",
            "-- rev:batch {table: t, key: id, size: 10, sleep: 5ms, where: \"NOT done\"}\nUPDATE t SET n = n + 1, done = true;",
            "",
        );
    world.project.ok(["upgrade", "aaaa1111"]);
    for _ in 0..3 {
        let child = world.start(&["upgrade", "head"]);
        std::thread::sleep(std::time::Duration::from_millis(150));
        signal(&child, "KILL");
        crate::world::finish(child);
    }
    world.project.ok(["upgrade", "head"]);
    assert_eq!(world.database.rows("SELECT DISTINCT n FROM t"), [["1"]]);
    assert_eq!(
        world.database.value(
            "SELECT rows_affected FROM rev_history WHERE revision = 'bbbb1111' AND status = 'done'"
        ),
        "3000"
    );
}

/// A batch whose statement does not make its own condition false is refused instead of called done.
#[test]
fn a_batch_that_does_not_finish_is_refused() {
    let Some(world) = world() else { return };
    world
        .revision("aaaa1111", "null", TABLE, "DROP TABLE t;")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "-- rev:batch {table: t, key: id, where: \"a >= 0\"}\nUPDATE t SET a = a;",
            "",
        );
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("still match"), "{}", output.stderr);
}
