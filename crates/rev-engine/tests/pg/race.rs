//! G4, G7, G9: many runners, held locks, signals.

use crate::world::{World, finish, signal, world};
use std::time::{Duration, Instant};

const RUNNERS: usize = 50;

const LOCKS_HELD: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Starts fifty runners at once and waits for all.
fn stampede(world: &World) -> Vec<rev_testkit::Output> {
    let children: Vec<_> = (0..RUNNERS)
        .map(|_| world.start(&["upgrade", "head"]))
        .collect();
    children.into_iter().map(finish).collect()
}

fn assert_one_applied(world: &World, outputs: &[rev_testkit::Output]) {
    for output in outputs {
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
        assert!(!output.stderr.contains("deadlock"), "{}", output.stderr);
    }
    let working = outputs
        .iter()
        .filter(|output| !output.stdout.contains("nothing to do"))
        .count();
    assert_eq!(working, 1);
    assert_eq!(
        world
            .database
            .value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0"
    );
    assert_eq!(world.database.value(LOCKS_HELD), "0");
    let twice = "SELECT count(*) FROM (SELECT FROM rev_history GROUP BY revision HAVING count(*) > 1) AS twice";
    assert_eq!(world.database.value(twice), "0");
}

#[test]
fn fifty_runners_transactional() {
    let Some(world) = world() else { return };
    world
        .revision("aaaa1111", "null", "CREATE TABLE a (id int);", "")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "INSERT INTO a VALUES (1);\nSELECT pg_sleep(0.3);",
            "",
        );
    let outputs = stampede(&world);
    assert_one_applied(&world, &outputs);
    assert_eq!(world.database.value("SELECT count(*) FROM a"), "1");
}

#[test]
fn fifty_runners_concurrently() {
    let Some(world) = world() else { return };
    world
        .revision(
            "aaaa1111",
            "null",
            "CREATE TABLE a (id int);\nINSERT INTO a SELECT generate_series(1, 20000);",
            "",
        )
        .revision(
            "bbbb1111",
            "aaaa1111",
            "CREATE INDEX CONCURRENTLY a_id ON a (id);\nREINDEX INDEX CONCURRENTLY a_id;",
            "",
        );
    let outputs = stampede(&world);
    assert_one_applied(&world, &outputs);
}

#[test]
fn fifty_runners_batch() {
    let Some(world) = world() else { return };
    world
        .revision("aaaa1111", "null", "CREATE TABLE a (id int PRIMARY KEY, n int DEFAULT 0);\nINSERT INTO a SELECT generate_series(1, 2000);", "")
        .revision("bbbb1111", "aaaa1111", "-- rev:batch {table: a, key: id, size: 100, where: \"n = 0\"}\nUPDATE a SET n = n + 1;", "");
    let outputs = stampede(&world);
    assert_one_applied(&world, &outputs);
    assert_eq!(world.database.rows("SELECT DISTINCT n FROM a"), [["1"]]);
}

#[test]
fn fifty_runners_failing() {
    let Some(world) = world() else { return };
    world
        .revision("aaaa1111", "null", "CREATE TABLE a (id int);", "")
        .revision(
            "bbbb1111",
            "aaaa1111",
            "CREATE TABLE b (id int);\nSELECT 1 / 0;",
            "",
        );
    for output in stampede(&world) {
        assert_eq!(output.code, 1, "{}{}", output.stdout, output.stderr);
        assert!(
            output.stderr.contains("division by zero"),
            "{}",
            output.stderr
        );
    }
    assert_eq!(world.rows(), ["aaaa1111"]);
    assert_eq!(world.database.value("SELECT to_regclass('b')"), "");
    assert_eq!(world.database.value(LOCKS_HELD), "0");
}

/// Who waits too long ends with 5 and names the holder.
#[test]
fn the_lock_is_not_obtained() {
    let Some(world) = world() else { return };
    let settings = format!(
        "database: \"{}\"\ntimeouts: {{runner_lock: 1s}}\n",
        world.database.url()
    );
    world.project.write("rev.yaml", &settings);
    world.revision("aaaa1111", "null", "SELECT pg_sleep(4);", "");
    let first = world.start(&["upgrade", "head"]);
    world.await_value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()", "1");
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 5, "{}", output.stderr);
    assert!(
        output.stderr.contains("pid ") && output.stderr.contains("pg_sleep"),
        "{}",
        output.stderr
    );
    assert_eq!(finish(first).code, 0);
}

/// G7: a table lock that somebody holds stalls readers for the lock timeout and no longer; the blocker is named.
#[test]
fn readers_stall_no_longer_than_the_timeout() {
    let Some(world) = world() else { return };
    let settings = format!(
        "database: \"{}\"\ntimeouts: {{lock: 300ms}}\n",
        world.database.url()
    );
    world.project.write("rev.yaml", &settings);
    world.revision("aaaa1111", "null", "CREATE TABLE a (id int);", "");
    world.project.ok(["upgrade", "head"]);
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "ALTER TABLE a ADD COLUMN b int;",
        "",
    );
    let url = world.database.url();
    let holder = std::thread::spawn(move || {
        on_runtime(async move {
            use sqlx::Connection as _;
            let mut session = sqlx::PgConnection::connect(&url).await.expect("a session");
            sqlx::raw_sql("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE")
                .execute(&mut session)
                .await
                .expect("the lock");
            tokio::time::sleep(Duration::from_secs(3)).await;
            sqlx::raw_sql("COMMIT")
                .execute(&mut session)
                .await
                .expect("the end");
        });
    });
    world.await_value(
        "SELECT count(*) FROM pg_locks WHERE relation = 'a'::regclass AND mode = 'AccessShareLock'",
        "1",
    );
    let runner = world.start(&["upgrade", "head"]);
    let url = world.database.url();
    let worst = on_runtime(async move {
        use sqlx::Connection as _;
        let mut session = sqlx::PgConnection::connect(&url).await.expect("a session");
        let started = Instant::now();
        let mut worst = Duration::ZERO;
        while started.elapsed() < Duration::from_millis(2500) {
            let asked = Instant::now();
            sqlx::raw_sql("SELECT count(*) FROM a")
                .execute(&mut session)
                .await
                .expect("a read");
            worst = worst.max(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        worst
    });
    holder.join().expect("the holder ends");
    let output = finish(runner);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stderr.contains("trying again"), "{}", output.stderr);
    assert!(
        worst >= Duration::from_millis(100),
        "the reader never stalled: {worst:?}"
    );
    // Generous, for a machine that runs other tests beside this one.
    assert!(worst < Duration::from_millis(1500), "{worst:?}");
    assert_eq!(world.rows(), ["bbbb1111"]);
}

/// G9: SIGTERM and SIGINT cancel the running statement, roll back, give the lock back, and end with 143 and 130.
#[test]
fn signals_roll_back() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);\nSELECT pg_sleep(60);",
        "",
    );
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let child = world.start(&["upgrade", "head"]);
        world.await_value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active' AND datname = current_database()", "1");
        let started = Instant::now();
        signal(&child, name);
        let output = finish(child);
        assert_eq!(output.code, code, "{}", output.stderr);
        assert!(started.elapsed() < Duration::from_secs(8));
        assert_eq!(world.database.value("SELECT to_regclass('a')"), "");
        assert_eq!(world.database.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active' AND datname = current_database()"), "0");
        assert_eq!(world.database.value(LOCKS_HELD), "0");
    }
}

/// G9: a cancelled CONCURRENTLY leaves no INVALID index behind.
#[test]
fn a_signal_during_concurrently() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", "CREATE TABLE a (id int);", "");
    world.project.ok(["upgrade", "head"]);
    world.revision(
        "bbbb1111",
        "aaaa1111",
        "CREATE INDEX CONCURRENTLY a_id ON a (id);",
        "",
    );
    let url = world.database.url();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        on_runtime(async move {
            use sqlx::Connection as _;
            let mut session = sqlx::PgConnection::connect(&url).await.expect("a session");
            sqlx::raw_sql("BEGIN; INSERT INTO a VALUES (1)")
                .execute(&mut session)
                .await
                .expect("a row");
            while released.try_recv().is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            sqlx::raw_sql("ROLLBACK")
                .execute(&mut session)
                .await
                .expect("the end");
        });
    });
    let child = world.start(&["upgrade", "head"]);
    world.await_value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND state = 'active' AND datname = current_database()", "1");
    signal(&child, "TERM");
    let output = finish(child);
    release.send(()).expect("the holder is there");
    holder.join().expect("the holder ends");
    assert_eq!(output.code, 143, "{}", output.stderr);
    world.project.ok(["upgrade", "head"]);
    assert_eq!(
        world
            .database
            .value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass"),
        "t"
    );
}

/// G10: what waiting cannot heal fails at once; what it can is waited for.
#[test]
fn waiting_is_for_what_heals() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", "CREATE TABLE a (id int);", "");
    let nowhere = world
        .database
        .url()
        .replace(world.database.name(), "no_such_database");
    let started = Instant::now();
    let output = world
        .project
        .rev(["-d", &nowhere, "upgrade", "head", "--wait", "30s"]);
    assert_eq!(output.code, 7, "{}", output.stderr);
    assert!(started.elapsed() < Duration::from_secs(5));
    let started = Instant::now();
    let output = world.project.rev([
        "-d",
        "postgres://u@127.0.0.1:1/x",
        "upgrade",
        "head",
        "--wait",
        "1s",
    ]);
    assert_eq!(output.code, 7);
    assert!(started.elapsed() >= Duration::from_millis(900));
}

/// `--exec` replaces the process, which ends as the program does; nothing of it when the upgrade fails.
#[test]
fn exec_hands_over() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", "CREATE TABLE a (id int);", "");
    let output = world.project.rev([
        "upgrade",
        "head",
        "--exec",
        "--",
        "sh",
        "-c",
        "echo from $0; exit 9",
        "app",
    ]);
    assert_eq!(output.code, 9, "{}", output.stderr);
    assert!(output.stdout.contains("from app"), "{}", output.stdout);
    world.revision("bbbb1111", "aaaa1111", "SELECT 1 / 0;", "");
    let output = world
        .project
        .rev(["upgrade", "head", "--exec", "--", "echo", "started"]);
    assert_eq!(output.code, 1);
    assert!(!output.stdout.contains("started"));
}

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
