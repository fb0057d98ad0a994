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
    ];
    let mut parent = "null".to_owned();
    for (number, (upgrade, downgrade)) in revisions.iter().enumerate() {
        let id = format!("{number:04}aaaa");
        world.revision(&id, &quoted(&parent), upgrade, downgrade);
        parent = id;
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
