//! Throw-away servers: they start, several at once, and nothing of them stays, whatever happens to their owner.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rev_engine::dev_database::{Cluster, ClusterError, find};

/// Starts a server, or says aloud that this machine cannot.
fn cluster() -> Option<Cluster> {
    match find(None).and_then(Cluster::start) {
        Ok(cluster) => Some(cluster),
        Err(ClusterError::NoBinaries { .. }) => {
            rev_testkit::skipped("no Postgres binaries");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn gone_soon(path: &Path) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while path.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    !path.exists()
}

#[test]
fn starts_and_leaves_nothing() {
    let Some(cluster) = cluster() else { return };
    let directory = cluster.socket_directory().to_path_buf();
    assert!(
        cluster
            .url("x y")
            .starts_with("postgres://postgres@localhost:5432/x%20y?host=%2F")
    );
    assert!(directory.join("data/postmaster.pid").exists());
    drop(cluster);
    assert!(!directory.exists());
}

#[test]
fn many_start_at_once_from_an_empty_cache() {
    if cluster().is_none() {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..4)
        .map(|_| holder(&[("REV_CACHE_DIR", cache.path())]))
        .collect();
    for (mut child, _) in children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_broken_template_is_made_again() {
    if cluster().is_none() {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let start = || {
        let (mut child, _) = holder(&[("REV_CACHE_DIR", cache.path())]);
        child.kill().unwrap();
        child.wait().unwrap();
    };
    start();
    let template = std::fs::read_dir(cache.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_dir())
        .unwrap();
    std::fs::remove_file(template.join("global/pg_control")).unwrap();
    start();
    assert!(template.join("global/pg_control").exists());
}

#[test]
fn nothing_stays_when_the_owner_is_killed() {
    if cluster().is_none() {
        return;
    }
    let (mut child, directory) = holder(&[]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        gone_soon(&directory),
        "{} is still there",
        directory.display()
    );
}

#[test]
fn the_next_start_sweeps_what_even_the_watchdog_left() {
    if cluster().is_none() {
        return;
    }
    let (mut child, directory) = holder(&[("KILL_WATCHDOG", Path::new("1"))]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(directory.exists(), "the watchdog was not killed");
    drop(cluster());
    assert!(
        gone_soon(&directory),
        "{} is still there",
        directory.display()
    );
}

/// Starts this test program again as a process that holds a server, and returns it with the server's folder.
fn holder(environment: &[(&str, &Path)]) -> (std::process::Child, PathBuf) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cluster::hold_a_server", "--nocapture"])
        .env("REV_TEST_HOLD", "1")
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let directory = lines
        .map_while(Result::ok)
        .find_map(|line| Some(PathBuf::from(line.strip_prefix("SERVER ")?)))
        .expect("the holder prints its server's folder");
    (child, directory)
}

/// The body of the process that [`holder`] starts; in an ordinary run there is nothing to do.
#[test]
fn hold_a_server() {
    if std::env::var_os("REV_TEST_HOLD").is_none() {
        return;
    }
    let cluster = cluster().unwrap();
    if std::env::var_os("KILL_WATCHDOG").is_some() {
        Command::new("kill")
            .args(["-9", &cluster.watchdog().to_string()])
            .status()
            .unwrap();
    }
    println!("\nSERVER {}", cluster.socket_directory().display());
    std::thread::sleep(Duration::from_secs(60));
}
