//! What is told of a long statement: typed objects for machines, lines in a pipe.

use crate::world::world;
use serde_json::Value;

/// The objects on stderr; every line is one.
fn objects(stderr: &str) -> Vec<Value> {
    let parse = |line: &str| -> Value {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    };
    stderr.lines().map(parse).collect()
}

fn of<'o>(objects: &'o [Value], event: &str) -> Vec<&'o Value> {
    objects
        .iter()
        .filter(|object| object["event"] == event)
        .collect()
}

/// `--log-format json`: one object a line, each with a time, a level and a name, the rest typed by the name.
#[test]
fn progress_as_objects() {
    let Some(world) = world() else { return };
    world
        .revision("aaaa1111", "null", "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);\nINSERT INTO t SELECT generate_series(1, 1200);\nANALYZE t;\n\
            CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.002); RETURN i; END';", "DROP TABLE t;")
        .revision("bbbb1111", "aaaa1111", "CREATE INDEX CONCURRENTLY t_slow ON t (slow(id));", "DROP INDEX t_slow;")
        .revision("cccc1111", "bbbb1111", "-- rev:batch {table: t, key: id, size: 500, where: \"n = 0\"}\nUPDATE t SET n = 1;", "SELECT 1;")
        .revision("dddd1111", "cccc1111", "SELECT 1;\nSELECT pg_sleep(1.8);\nSELECT no_such_column;", "SELECT 1;");
    let output = world
        .project
        .rev(["upgrade", "head", "--log-format", "json"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let all = objects(&output.stderr);
    for object in &all {
        for key in ["time", "level", "event"] {
            assert!(object[key].is_string(), "{object}");
        }
    }
    let started = of(&all, "revision_started");
    assert_eq!(started.len(), 4);
    assert_eq!(started[1]["revision"], "bbbb1111");
    assert_eq!(
        (started[1]["number"].as_u64(), started[1]["total"].as_u64()),
        (Some(2), Some(4))
    );
    let finished = of(&all, "revision_finished");
    assert_eq!(finished.len(), 3);
    assert_eq!(finished[0]["rows"], 1200);
    assert!(finished.iter().all(|object| object["duration_ms"].is_u64()));
    let progress = of(&all, "statement_progress");
    let about = |revision: &str| -> Vec<&&Value> {
        progress
            .iter()
            .filter(|object| object["revision"] == revision)
            .collect()
    };
    let index = about("bbbb1111");
    assert!(!index.is_empty(), "{}", output.stderr);
    for object in &index {
        assert_eq!(object["statement"], 1);
        assert!(
            object["elapsed_ms"].as_u64().is_some_and(|ms| ms >= 900),
            "{object}"
        );
    }
    let scanning = index
        .iter()
        .find(|object| object["unit"] == "blocks")
        .expect("a phase with blocks");
    assert!(
        scanning["phase"]
            .as_str()
            .is_some_and(|phase| phase.contains("index")),
        "{scanning}"
    );
    assert!(
        scanning["done"].is_u64() && scanning["total"].is_u64(),
        "{scanning}"
    );
    let batch = about("cccc1111");
    assert_eq!(batch.last().expect("ranges")["done"], 1200);
    assert_eq!(batch[0]["unit"], "rows");
    // Nothing counts how far a SELECT is: there is the time alone.
    let asleep = about("dddd1111");
    assert_eq!(asleep[0]["statement"], 2);
    assert!(
        asleep[0]["unit"].is_null() && asleep[0]["done"].is_null(),
        "{}",
        asleep[0]
    );
    assert_eq!(of(&all, "statement_finished").len(), 3);
    let error = of(&all, "error");
    assert_eq!(error.len(), 1);
    assert_eq!(
        (&error[0]["code"], &error[0]["level"]),
        (&Value::from("statement_failed"), &Value::from("error"))
    );
    // With -q only what went wrong is left.
    let quiet = world
        .project
        .rev(["upgrade", "head", "--log-format", "json", "-q"]);
    assert_eq!(objects(&quiet.stderr).len(), 1, "{}", quiet.stderr);
}

/// In a pipe there is a line every few seconds, without `-v`; none with `-q`, and none of a statement that is quick.
#[test]
fn progress_as_lines() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "SELECT pg_sleep(0.1);\nSELECT pg_sleep(6.5);",
        "SELECT 1;",
    );
    let output = world.project.ok(["upgrade", "head"]);
    let lines: Vec<&str> = output
        .stderr
        .lines()
        .filter(|line| line.contains(" s: SELECT pg_sleep(6.5)"))
        .collect();
    assert_eq!(lines.len(), 1, "{}", output.stderr);
    assert!(
        !output.stderr.contains("pg_sleep(0.1)") && !output.stderr.contains('\u{1b}'),
        "{}",
        output.stderr
    );
    world.revision("bbbb1111", "aaaa1111", "SELECT pg_sleep(6);", "SELECT 1;");
    assert_eq!(world.project.ok(["upgrade", "head", "-q"]).stderr, "");
}
