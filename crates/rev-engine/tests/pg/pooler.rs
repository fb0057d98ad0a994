//! G6: a real PgBouncer between `rev` and the server, in both modes.

use crate::world::{World, finish, psql, world};
use rev_testkit::skipped;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A PgBouncer that ends with this value.
struct Pooler {
    folder: tempfile::TempDir,
    process: Child,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join("pgbouncer"))
        .find(|path| path.exists())
}

/// Starts one in front of the world's server; PgBouncer refuses to run as root, so it runs as who owns the server.
fn pooler(world: &World, mode: &str) -> Option<Pooler> {
    let Some(program) = program() else {
        skipped("pgbouncer is not installed");
        return None;
    };
    let folder = tempfile::Builder::new()
        .prefix("rb-")
        .tempdir_in("/tmp")
        .expect("a folder");
    let server = world.database.server().socket_directory().to_owned();
    let users = folder.path().join("users");
    let settings = folder.path().join("pgbouncer.ini");
    std::fs::write(&users, "\"postgres\" \"\"\n").expect("a file");
    let text = format!(
        "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {}\nauth_type = any\nauth_file = {}\npool_mode = {mode}\nmax_client_conn = 500\ndefault_pool_size = 8\nserver_login_retry = 1\nlogfile = {}\n",
        server.display(),
        port_in(&server),
        folder.path().display(),
        users.display(),
        folder.path().join("log").display()
    );
    // `any` logs everybody in as one role.
    let text = text.replace("* = host", "* = user=postgres host");
    std::fs::write(&settings, text).expect("a file");
    let mut command = Command::new(&program);
    if is_root() {
        let owner = owner_of(&server);
        let _ = Command::new("chown")
            .arg("-R")
            .arg(&owner)
            .arg(folder.path())
            .status();
        command.args(["-u", &owner]);
    }
    let process = command
        .arg(&settings)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("pgbouncer starts");
    let pooler = Pooler { folder, process };
    let deadline = Instant::now() + Duration::from_secs(10);
    while !pooler.folder.path().join(".s.PGSQL.6432").exists() {
        if Instant::now() > deadline {
            let log = std::fs::read_to_string(pooler.folder.path().join("log")).unwrap_or_default();
            panic!("pgbouncer does not start: {log}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(pooler)
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id is there");
    output.stdout.starts_with(b"0\n")
}

fn owner_of(path: &Path) -> String {
    let output = Command::new("stat")
        .args(["-c", "%U"])
        .arg(path)
        .output()
        .expect("stat is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn port_in(folder: &Path) -> String {
    std::fs::read_dir(folder)
        .expect("the server's folder")
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let port = name.strip_prefix(".s.PGSQL.")?;
            port.parse::<u16>().ok().map(|port| port.to_string())
        })
        .next()
        .expect("the server's socket")
}

impl Pooler {
    fn url(&self, world: &World) -> String {
        format!(
            "postgres:///{}?host={}&port=6432&user=postgres",
            world.database.name(),
            self.folder.path().display()
        )
    }
}

/// Every kind of revision, several runners, and nothing left behind on the pooled connections.
fn through(mode: &str) {
    let Some(world) = world() else { return };
    let Some(pooler) = pooler(&world, mode) else {
        return;
    };
    let settings = format!("database: \"{}\"\n", pooler.url(&world));
    world.project.write("rev.yaml", &settings);
    world
        .revision("aaaa1111", "null", "CREATE TABLE t (id int PRIMARY KEY, a int, n int NOT NULL DEFAULT 0);\nINSERT INTO t SELECT g, g % 10 FROM generate_series(1, 2000) g;\nSET work_mem = '77MB';", "DROP TABLE t;")
        .revision("bbbb1111", "aaaa1111", "CREATE INDEX CONCURRENTLY t_a ON t (a);", "DROP INDEX t_a;")
        .revision("cccc1111", "bbbb1111", "CREATE TYPE mood AS ENUM ('ok');\nALTER TYPE mood ADD VALUE 'fine';\nALTER TABLE t ADD COLUMN m mood DEFAULT 'fine';", "ALTER TABLE t DROP COLUMN m;\nDROP TYPE mood;")
        .revision("dddd1111", "cccc1111", "-- rev:batch {table: t, key: id, size: 300, where: \"n = 0\"}\nUPDATE t SET n = n + 1;", "SELECT 1;");
    let runners: Vec<_> = (0..20).map(|_| world.start(&["upgrade", "head"])).collect();
    let outputs: Vec<_> = runners.into_iter().map(finish).collect();
    for output in &outputs {
        assert_eq!(output.code, 0, "{mode}: {}{}", output.stdout, output.stderr);
    }
    let working = outputs
        .iter()
        .filter(|output| !output.stdout.contains("nothing to do"))
        .count();
    assert_eq!(working, 1, "{mode}");
    assert_eq!(world.rows(), ["dddd1111"]);
    assert_eq!(world.database.rows("SELECT DISTINCT n FROM t"), [["1"]]);
    assert_eq!(
        world
            .database
            .value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0"
    );
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    world.await_value(locks, "0");
    world.project.ok(["downgrade", "base", "--yes"]);
    let _ = std::io::stderr().flush();
}

#[test]
fn through_pgbouncer_in_session_mode() {
    through("session");
}

#[test]
fn through_pgbouncer_in_transaction_mode() {
    through("transaction");
}

/// A role of the settings holds behind a pooler too, and stays on none of its connections.
#[test]
fn a_role_stays_on_no_pooled_connection() {
    let Some(world) = world() else { return };
    let Some(pooler) = pooler(&world, "transaction") else {
        return;
    };
    let Some(psql) = psql(&world) else { return };
    let role = format!("{}_owner", world.database.name());
    world.database.execute(&format!(
        "CREATE ROLE {role} NOLOGIN; GRANT CREATE ON SCHEMA public TO {role}"
    ));
    let settings = format!("database: \"{}\"\nrole: {role}\n", pooler.url(&world));
    world.project.write("rev.yaml", &settings);
    world
        .revision("aaaa1111", "null", "CREATE TABLE t (id int PRIMARY KEY, a int);\nINSERT INTO t SELECT g, 0 FROM generate_series(1, 900) g;", "DROP TABLE t;")
        .revision("bbbb1111", "aaaa1111", "CREATE INDEX CONCURRENTLY t_a ON t (a);\nVACUUM t;", "DROP INDEX t_a;")
        .revision("cccc1111", "bbbb1111", "-- rev:batch {table: t, key: id, size: 300, where: \"a = 0\"}\nUPDATE t SET a = 1;", "SELECT 1;")
        .revision("dddd1111", "cccc1111", "CREATE INDEX CONCURRENTLY t_b ON t (no_such_column);", "SELECT 1;");
    let output = world.project.rev(["upgrade", "head"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert_eq!(world.rows(), ["cccc1111"]);
    let owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')";
    assert_eq!(world.database.rows(owners), [[role.clone()]]);
    // As many at once as there are pooled connections, so that each of them is met.
    let look = "BEGIN; SELECT current_user; SELECT pg_sleep(0.5); COMMIT";
    let sessions: Vec<Child> = (0..8)
        .map(|_| {
            let mut command = Command::new(&psql);
            command
                .args(["-qAtXd", &pooler.url(&world), "-c", look])
                .stdout(Stdio::piped());
            command.spawn().expect("psql starts")
        })
        .collect();
    for session in sessions {
        let said = finish(session).stdout;
        assert!(said.contains("postgres") && !said.contains(&role), "{said}");
    }
}
