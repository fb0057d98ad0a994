//! G1, G2: kill -9 at random moments, over a history with every kind of revision. After each kill, one plain
//! `rev upgrade head` must end in what an undisturbed run ends in.

use crate::world::{World, finish, signal, world};
use rev_testkit::skipped;
use std::time::{Duration, Instant};

/// A small generator of chance: the same seed gives the same kills.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % below.max(1)
    }
}

/// Transactional, concurrent, enum, data and mixed revisions, each of which would show being run twice or half. No
/// sequences: those keep their gaps when a transaction is rolled back, by design.
fn history(world: &World) {
    let revisions = [
        ("CREATE TABLE log (what text);\nCREATE TABLE t (id int PRIMARY KEY, a int, n int NOT NULL DEFAULT 0);\nINSERT INTO t SELECT g, g % 97 FROM generate_series(1, 4000) g;\nINSERT INTO log (what) VALUES ('one');".to_owned(), "DROP TABLE t, log;"),
        ("CREATE INDEX CONCURRENTLY t_a ON t (a);".to_owned(), "DROP INDEX t_a;"),
        ("CREATE TYPE mood AS ENUM ('ok');\nALTER TYPE mood ADD VALUE 'fine';\nALTER TABLE t ADD COLUMN mood mood NOT NULL DEFAULT 'fine';\nINSERT INTO log (what) VALUES ('enum');".to_owned(), "SELECT 1;"),
        ("-- rev:batch {table: t, key: id, size: 200, where: \"n = 0\"}\nUPDATE t SET n = n + 1;".to_owned(), "SELECT 1;"),
        ("ALTER TABLE t ADD COLUMN b int;\nCREATE UNIQUE INDEX CONCURRENTLY t_id_a ON t (id, a);\nINSERT INTO log (what) VALUES ('mixed');\nDROP INDEX CONCURRENTLY t_a;\nREINDEX TABLE CONCURRENTLY t;\nALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT positive;\nINSERT INTO log (what) VALUES ('mixed again');".to_owned(), "SELECT 1;"),
        ("UPDATE t SET n = n + 10;\nINSERT INTO log (what) VALUES ('data');".to_owned(), "SELECT 1;"),
        ("CREATE TABLE parts (id int) PARTITION BY RANGE (id);\nCREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);".to_owned(), "SELECT 1;"),
        ("CREATE INDEX CONCURRENTLY ON t (n);\nVACUUM t;".to_owned(), "SELECT 1;"),
        (format!("INSERT INTO parts VALUES (5);\n{};\nINSERT INTO log (what) VALUES ('detached');", detach()), "SELECT 1;"),
        ("REINDEX INDEX CONCURRENTLY t_id_a;\nDROP INDEX CONCURRENTLY t_id_a;".to_owned(), "SELECT 1;"),
    ];
    let mut parent = "null".to_owned();
    for (number, (upgrade, downgrade)) in revisions.iter().enumerate() {
        let id = format!("{number:04}aaaa");
        world.revision(&id, &quoted(&parent), upgrade, downgrade);
        parent = id;
    }
}

/// CONCURRENTLY came with 14.
fn detach() -> &'static str {
    match rev_testkit::server().map(rev_testkit::Server::major) {
        Some(..14) => "ALTER TABLE parts DETACH PARTITION parts_1",
        _ => "ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY",
    }
}

/// An identifier as YAML; digits alone would be a number.
fn quoted(id: &str) -> String {
    if id == "null" {
        id.to_owned()
    } else {
        format!("\"{id}\"")
    }
}

/// Kills at `kills` random moments and returns how many of them met a run at work.
fn kill(kills: u64, seed: u64) -> Option<u64> {
    let clean = world()?;
    history(&clean);
    let started = Instant::now();
    clean.project.ok(["upgrade", "head"]);
    let span = started.elapsed();
    let wanted = clean.picture();
    eprintln!("kill test: seed {seed}, {kills} kills, an undisturbed run takes {span:?}");

    let mut dice = Dice(seed | 1);
    let mut met = 0;
    let mut killed = 0;
    while killed < kills {
        let victim = world()?;
        history(&victim);
        // Several kills on the way of one database: what a killed run left is what the next one starts from.
        for _ in 0..=dice.roll(3) {
            let child = victim.start(&["upgrade", "head"]);
            let moment = Duration::from_micros(dice.roll(span.as_micros() as u64 * 11 / 10));
            std::thread::sleep(moment);
            signal(&child, "KILL");
            met += u64::from(finish(child).code == -1);
            killed += 1;
        }
        let output = victim.project.rev(["upgrade", "head"]);
        assert_eq!(
            output.code, 0,
            "seed {seed}, kill {killed}: {}",
            output.stderr
        );
        assert_eq!(victim.picture(), wanted, "seed {seed}, kill {killed}");
        let again = victim.project.ok(["upgrade", "head"]);
        assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
    }
    eprintln!(
        "kill test: {killed} kills, {met} of them met a run at work, 0 differences (seed {seed})"
    );
    Some(met)
}

/// One statement under way, held there by somebody else's lock while the runner is killed.
struct Aim {
    /// What the killed revision runs.
    upgrade: &'static str,
    /// What the other session holds in an open transaction.
    holds: &'static str,
    /// How the statement under way begins.
    meets: &'static str,
}

/// G2: a kill in the middle of each kind of statement, not at a random moment: it waits for a lock that somebody holds.
/// One plain run afterwards ends where an undisturbed one ends, whether the other session is gone by then or not.
fn aimed(aim: &Aim) {
    for still_held in [false, true] {
        let (Some(clean), Some(victim)) = (world(), world()) else {
            return;
        };
        for world in [&clean, &victim] {
            world
                .revision("aaaa1111", "null", BEFORE, "SELECT 1;")
                .revision("bbbb1111", "aaaa1111", aim.upgrade, "SELECT 1;");
            world.project.ok(["upgrade", "aaaa1111"]);
        }
        clean.project.ok(["upgrade", "head"]);
        let holder = Holder::of(&victim, aim.holds);
        let child = victim.start(&["upgrade", "head"]);
        let met = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'rev run %' \
             AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE '%{}%'",
            aim.meets.replace('\'', "''")
        );
        victim.await_value(&met, "1");
        signal(&child, "KILL");
        assert_eq!(finish(child).code, -1, "{}", aim.meets);
        let output = if still_held {
            let next = victim.start(&["upgrade", "head"]);
            std::thread::sleep(Duration::from_millis(700));
            holder.release();
            finish(next)
        } else {
            holder.release();
            victim.project.rev(["upgrade", "head"])
        };
        assert_eq!(output.code, 0, "{}: {}", aim.meets, output.stderr);
        assert_eq!(victim.picture(), clean.picture(), "{}", aim.meets);
        let leftovers = "SELECT count(*) FROM pg_class WHERE relname ~ '_cc(new|old)'";
        assert_eq!(victim.database.value(leftovers), "0", "{}", aim.meets);
        let again = victim.project.ok(["upgrade", "head"]);
        assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
    }
}

const BEFORE: &str = "CREATE TABLE log (what text);\nCREATE TABLE t (id int PRIMARY KEY, a int, n int NOT NULL DEFAULT 0);\n\
    INSERT INTO t SELECT g, g % 97 FROM generate_series(1, 2000) g;\nCREATE INDEX t_a ON t (a);\nCREATE TYPE mood AS ENUM ('ok');\n\
    ALTER TABLE t ADD CONSTRAINT positive CHECK (n >= 0) NOT VALID;\n\
    CREATE TABLE parts (id int) PARTITION BY RANGE (id);\nCREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);\nINSERT INTO parts VALUES (3);";

/// A session that holds something until it is told to let go.
struct Holder {
    release: std::sync::mpsc::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Holder {
    fn of(world: &World, sql: &str) -> Holder {
        let (url, script) = (world.database.url(), format!("BEGIN; {sql}"));
        let (release, released) = std::sync::mpsc::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(async move {
                    use sqlx::Connection as _;
                    let mut session = sqlx::PgConnection::connect(&url).await.expect("a session");
                    let begun = sqlx::raw_sql(sqlx::AssertSqlSafe(script))
                        .execute(&mut session)
                        .await;
                    begun.expect("it is held");
                    ready.send(()).expect("somebody waits");
                    // Whoever drops the other end lets go as well.
                    let _ = released.recv();
                    let _ = session.close().await;
                });
        });
        is_ready.recv().expect("it is held");
        Holder { release, thread }
    }

    fn release(self) {
        self.release.send(()).expect("the holder is there");
        self.thread.join().expect("the holder ends");
    }
}

#[test]
fn during_create_index_concurrently() {
    aimed(&Aim {
        upgrade: "INSERT INTO log VALUES ('before');\nCREATE UNIQUE INDEX CONCURRENTLY t_new ON t (id, a);\nINSERT INTO log VALUES ('after');",
        holds: "UPDATE t SET a = 1 WHERE id = 1",
        meets: "CREATE UNIQUE INDEX CONCURRENTLY",
    });
    aimed(&Aim {
        upgrade: "CREATE INDEX CONCURRENTLY ON t (n);\nINSERT INTO log VALUES ('after');",
        holds: "UPDATE t SET a = 1 WHERE id = 1",
        meets: "CREATE INDEX CONCURRENTLY ON t",
    });
}

#[test]
fn during_drop_index_concurrently() {
    aimed(&Aim {
        upgrade: "DROP INDEX CONCURRENTLY t_a;\nINSERT INTO log VALUES ('after');",
        holds: "SELECT count(*) FROM t",
        meets: "DROP INDEX CONCURRENTLY",
    });
}

/// What it leaves (`_ccnew`, `_ccold`) is gone afterwards.
#[test]
fn during_reindex_concurrently() {
    for upgrade in [
        "REINDEX INDEX CONCURRENTLY t_a;",
        "REINDEX TABLE CONCURRENTLY t;",
    ] {
        aimed(&Aim {
            upgrade,
            holds: "UPDATE t SET a = 1 WHERE id = 1",
            meets: "REINDEX",
        });
    }
}

/// It commits half way, and FINALIZE does the rest.
#[test]
fn during_detach_concurrently() {
    if rev_testkit::server().is_some_and(|server| server.major() < 14) {
        return skipped("DETACH PARTITION CONCURRENTLY came with PostgreSQL 14");
    }
    aimed(&Aim {
        upgrade: "ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;\nINSERT INTO log VALUES ('after');",
        holds: "SELECT count(*) FROM parts",
        meets: "DETACH PARTITION",
    });
}

#[test]
fn during_validate() {
    aimed(&Aim {
        upgrade: "INSERT INTO log VALUES ('before');\nALTER TABLE t VALIDATE CONSTRAINT positive;\nINSERT INTO log VALUES ('after');",
        holds: "LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE",
        meets: "VALIDATE CONSTRAINT",
    });
}

/// The value is committed, its use is not.
#[test]
fn between_an_enum_value_and_its_use() {
    aimed(&Aim {
        upgrade: "ALTER TYPE mood ADD VALUE 'fine';\nINSERT INTO log VALUES ('use');\nALTER TABLE t ADD COLUMN mood mood NOT NULL DEFAULT 'fine';",
        holds: "SELECT count(*) FROM t",
        meets: "ADD COLUMN mood",
    });
}

#[test]
fn during_a_batch() {
    aimed(&Aim {
        upgrade: "-- rev:batch {table: t, key: id, size: 100, where: \"n = 0\"}\nUPDATE t SET n = n + 1;\nINSERT INTO log VALUES ('after');",
        holds: "SELECT FROM t WHERE id = 950 FOR UPDATE",
        meets: "UPDATE t SET n = n + 1",
    });
}

/// VACUUM is run again; what comes after it is not run twice.
#[test]
fn during_vacuum() {
    aimed(&Aim {
        upgrade: "INSERT INTO log VALUES ('before');\nVACUUM t;\nINSERT INTO log VALUES ('after');",
        holds: "LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE",
        meets: "VACUUM t",
    });
}

/// The short form, in every test run.
#[test]
fn short() {
    if let Some(met) = kill(12, 20_261_120) {
        assert!(met > 0, "no kill met a run");
    }
}

/// The long form: `cargo xtask kill-test [COUNT [SEED]]`.
#[test]
fn long() {
    let Some(kills) = std::env::var("REV_KILL_RUNS")
        .ok()
        .and_then(|text| text.parse().ok())
    else {
        // Not a server that is missing but an hour that nobody asked for: no failure anywhere.
        eprintln!("kill::long runs by `cargo xtask kill-test`");
        return;
    };
    let seed = std::env::var("REV_KILL_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_261_120);
    if kill(kills, seed).is_none() {
        skipped("no server for the long kill test");
    }
}
