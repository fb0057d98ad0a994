//! G9 as PID 1: for the first process of a container the kernel has no default actions, and nobody stands above it.

use crate::world::{World, finish, world};
use rev_testkit::{Output, rev_program, skipped};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts `rev` as the first process of a PID namespace of its own; none, said aloud, where that is not permitted.
fn first(world: &World, arguments: &[&str]) -> Option<Child> {
    let probe = Command::new("unshare")
        .args(["--pid", "--fork", "--mount-proc", "true"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        skipped("this machine permits no PID namespace (unshare --pid)");
        return None;
    }
    let rev = world.project.command();
    let mut command = Command::new("unshare");
    command
        .args(["--pid", "--fork", "--mount-proc"])
        .arg(rev_program())
        .args(arguments);
    command.env_clear().envs(
        rev.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.current_dir(world.project.path());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Some(command.spawn().expect("unshare starts"))
}

/// Sends a signal to the first process, from outside of its namespace as a container's runtime does.
fn signal(child: &Child, name: &str) {
    let path = format!("/proc/{0}/task/{0}/children", child.id());
    let children = std::fs::read_to_string(path).expect("the kernel tells children");
    let first = children
        .split_whitespace()
        .next()
        .expect("a child of unshare");
    let sent = Command::new("kill")
        .args([&format!("-{name}"), first])
        .status();
    assert!(sent.expect("kill is there").success());
}

/// Ends in time, with this code.
fn ends(child: Child, since: Instant, code: i32, limit: Duration) -> Output {
    let output = finish(child);
    assert_eq!(output.code, code, "{}", output.stderr);
    assert!(
        since.elapsed() < limit,
        "{:?}: {}",
        since.elapsed(),
        output.stderr
    );
    output
}

const LIMIT: Duration = Duration::from_secs(8);

#[test]
fn signals_are_obeyed() {
    let Some(world) = world() else { return };
    world.revision(
        "aaaa1111",
        "null",
        "CREATE TABLE a (id int);\nSELECT pg_sleep(60);",
        "",
    );
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(60)%' AND state = 'active'";
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let Some(child) = first(&world, &["upgrade", "head"]) else {
            return;
        };
        world.await_value(asleep, "1");
        // One that waits for the lock is told too.
        let Some(waiter) = first(&world, &["upgrade", "head"]) else {
            return;
        };
        let waits = "SELECT count(*) > 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'rev%' AND query NOT LIKE '%pg_sleep%'";
        world.await_value(waits, "t");
        let since = Instant::now();
        signal(&waiter, name);
        ends(waiter, since, code, LIMIT);
        let since = Instant::now();
        signal(&child, name);
        ends(child, since, code, LIMIT);
        assert_eq!(world.database.value("SELECT to_regclass('a')"), "");
        assert_eq!(world.database.value(asleep), "0");
    }
}

/// So is one that waits for a server that is not there.
#[test]
fn a_signal_while_waiting_for_the_server() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", "SELECT 1;", "");
    let arguments = [
        "-d",
        "postgres://u@127.0.0.1:1/x",
        "upgrade",
        "head",
        "--wait",
        "60s",
    ];
    let Some(mut child) = first(&world, &arguments) else {
        return;
    };
    let mut said = String::new();
    let mut errors = BufReader::new(child.stderr.take().expect("a pipe"));
    errors.read_line(&mut said).expect("a line");
    assert!(said.contains("waiting for the database"), "{said}");
    let since = Instant::now();
    signal(&child, "TERM");
    ends(child, since, 143, LIMIT);
}

/// A statement that will not be cancelled is left to the server in time; a second signal leaves at once.
#[test]
fn a_second_signal_leaves_at_once() {
    let Some(world) = world() else { return };
    let stubborn = "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(0.2); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;";
    world.revision(
        "aaaa1111",
        "null",
        &format!("CREATE TABLE a (id int);\n{stubborn}"),
        "",
    );
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DO $$ BEGIN LOOP%' AND state = 'active'";
    for signals in [1, 2] {
        let Some(child) = first(&world, &["upgrade", "head"]) else {
            return;
        };
        world.await_value(busy, "1");
        let since = Instant::now();
        signal(&child, "TERM");
        let limit = if signals == 1 {
            LIMIT
        } else {
            std::thread::sleep(Duration::from_millis(300));
            signal(&child, "TERM");
            Duration::from_millis(2500)
        };
        ends(child, since, 143, limit);
        let version = world
            .database
            .value("SELECT current_setting('server_version_num')::int >= 140000");
        if version == "t" {
            // Nobody listens any more, and the server notices.
            world.await_value(busy, "0");
        } else {
            world.database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO $$ BEGIN LOOP%' AND pid <> pg_backend_pid()");
        }
        assert_eq!(world.database.value("SELECT to_regclass('a')"), "");
    }
}

/// `--exec` hands PID 1 over, with the signals as a program expects them.
#[test]
fn the_application_becomes_the_first_process() {
    let Some(world) = world() else { return };
    world.revision("aaaa1111", "null", "CREATE TABLE a (id int);", "");
    let script = "trap 'echo told; exit 7' TERM; echo I am $$; while :; do sleep 0.05; done";
    let arguments = ["upgrade", "head", "--exec", "--", "sh", "-c", script];
    let Some(mut child) = first(&world, &arguments) else {
        return;
    };
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().and_then(Result::ok).unwrap_or_default();
    assert!(next().contains("1 revision in"));
    assert_eq!(next(), "I am 1");
    let since = Instant::now();
    signal(&child, "TERM");
    assert_eq!(next(), "told");
    ends(child, since, 7, LIMIT);
    assert_eq!(world.rows(), ["aaaa1111"]);
}
