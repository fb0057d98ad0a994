//! What the runner's tests share: a database, a project on it, and what the database looks like.

use rev_testkit::{Database, Output, TestProject, fresh_database};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A database and a project whose revisions go there.
pub struct World {
    pub database: Database,
    pub project: TestProject,
}

/// Makes one, or says aloud that there is no server.
pub fn world() -> Option<World> {
    let database = fresh_database()?;
    let project = TestProject::with_database(&database.url());
    Some(World { database, project })
}

impl World {
    /// Adds a revision after another one.
    pub fn revision(&self, id: &str, parent: &str, upgrade: &str, downgrade: &str) -> &World {
        self.project.revision(id, parent, upgrade, downgrade);
        self
    }

    /// Starts `rev` without waiting for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("rev starts")
    }

    /// `rev` with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command();
        command.args(arguments);
        command
    }

    /// The version rows.
    pub fn rows(&self) -> Vec<String> {
        self.database
            .rows("SELECT version_num FROM rev_version ORDER BY 1")
            .concat()
    }

    /// Waits until a query gives this value.
    pub fn await_value(&self, query: &str, value: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.database.value(query) != value {
            assert!(Instant::now() < deadline, "never {value}: {query}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything in the database that a run may change, as text: catalogue, rows, version rows, and what the history
    /// says is done. Two databases that were brought to the same place give the same text.
    pub fn picture(&self) -> String {
        let mut lines = Vec::new();
        for query in PICTURE {
            for row in self.database.rows(query) {
                lines.push(row.join(" | "));
            }
        }
        let tables = self.database.rows(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace \
             AND relkind = 'r' AND relname NOT LIKE 'rev\\_%' ORDER BY 1",
        );
        for table in tables.concat() {
            let rows = self.database.rows(&format!(
                "SELECT count(*)::text, md5(COALESCE(string_agg(t::text, '/' ORDER BY t::text), '')) FROM {table} t"
            ));
            lines.push(format!("{table}: {}", rows.concat().join(" ")));
        }
        lines.join("\n")
    }
}

const PICTURE: &[&str] = &[
    "SELECT relname::text, relkind::text, COALESCE(obj_description(c.oid), '') FROM pg_class c \
     WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'rev\\_%' ORDER BY 1",
    "SELECT attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod), attnotnull::text FROM pg_attribute a \
     JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 \
     AND NOT attisdropped AND relname NOT LIKE 'rev\\_%' ORDER BY 1, 2",
    "SELECT pg_get_indexdef(indexrelid), indisvalid::text FROM pg_index i JOIN pg_class c ON c.oid = indrelid \
     WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'rev\\_%' ORDER BY 1",
    "SELECT conname::text, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint \
     WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'rev\\_%' ORDER BY 1",
    "SELECT enumtypid::regtype::text, enumlabel::text FROM pg_enum ORDER BY 1, enumsortorder",
    "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid \
     WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT 'version', version_num FROM rev_version ORDER BY 2",
    "SELECT 'done', revision, count(*)::text FROM rev_history WHERE status = 'done' AND action = 'upgrade' GROUP BY revision ORDER BY 2",
    "SELECT 'progress', count(*)::text FROM rev_progress",
];

/// psql of the server's own version, or says aloud that there is none.
pub fn psql(world: &World) -> Option<std::path::PathBuf> {
    let psql = world
        .database
        .server()
        .cluster()
        .binaries()
        .directory
        .join("psql");
    if !psql.exists() {
        rev_testkit::skipped("psql is not among this machine's Postgres programs");
        return None;
    }
    Some(psql)
}

/// Waits for a process, and gives what it said.
pub fn finish(child: Child) -> Output {
    let output = child.wait_with_output().expect("rev ends");
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Sends a signal to a process.
pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(status.success());
}
