//! A stock server for the measurements: fsync on, default settings, its own folder.

use crate::shell::{self, Outcome};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server, stopped when dropped.
pub(crate) struct Server {
    bin: PathBuf,
    socket: PathBuf,
    child: Child,
}

impl Server {
    pub(crate) fn start(bin: &Path, home: &Path) -> Outcome<Self> {
        let user = unprivileged()?;
        // A socket's path must be short, and the server's user must reach it.
        let folder = std::env::temp_dir().join(format!("rev-bench-{}", std::process::id()));
        let data = folder.join("data");
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let as_user = |program: &str| {
            let mut command = Command::new(bin.join(program));
            command
                .current_dir("/")
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command
        };
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid))
                .map_err(|error| error.to_string())?;
        }
        shell::run(as_user("initdb").arg("-D").arg(&data).args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
        ]))?;
        let log =
            std::fs::File::create(home.join("server.log")).map_err(|error| error.to_string())?;
        let child = as_user("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c"])
            .arg(format!("unix_socket_directories={}", folder.display()))
            .stderr(log)
            .spawn()
            .map_err(|error| format!("the server could not be started: {error}"))?;
        let server = Self {
            bin: bin.to_path_buf(),
            socket: folder,
            child,
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while shell::read(&mut server.psql(&server.url("postgres"), &["-c", "select 1"])).is_err() {
            if Instant::now() > deadline {
                return Err(format!(
                    "the server did not start; see {}",
                    home.join("server.log").display()
                ));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    pub(crate) fn fresh_database(&self, name: &str) -> Outcome<String> {
        let url = self.url(name);
        self.recreate(&url)?;
        Ok(url)
    }

    /// Drops and creates the database of this URL.
    pub(crate) fn recreate(&self, url: &str) -> Outcome {
        let name = url
            .split('?')
            .next()
            .and_then(|rest| rest.rsplit('/').next())
            .unwrap_or_default();
        let maintenance = self.url("postgres");
        for sql in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name}"),
        ] {
            shell::read(&mut self.psql(&maintenance, &["-c", &sql]))?;
        }
        Ok(())
    }

    pub(crate) fn load(&self, url: &str, sql: &str) -> Outcome {
        let file = self.socket.join("load.sql");
        std::fs::write(&file, sql).map_err(|error| error.to_string())?;
        shell::read(&mut self.psql(url, &["-f", &file.display().to_string()])).map(drop)
    }

    /// The real `psql`, not the distribution's wrapper around it.
    pub(crate) fn psql(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = self.client("psql");
        command
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url])
            .args(arguments);
        command
    }

    pub(crate) fn pg_dump(&self, url: &str) -> Command {
        let mut command = self.client("pg_dump");
        command.args(["--schema-only", "-d", url]);
        command
    }

    fn client(&self, program: &str) -> Command {
        let beside = self.bin.join(program);
        let mut command = Command::new(if beside.exists() {
            beside
        } else {
            program.into()
        });
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@localhost/{database}?host={}",
            self.socket.display()
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is a fast shutdown; std can only kill, which would leave shared memory.
        Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()
            .ok();
        self.child.wait().ok();
        std::fs::remove_dir_all(&self.socket).ok();
    }
}

/// Postgres refuses to run as root: the user and group to become, when this is root.
fn unprivileged() -> Outcome<Option<(u32, u32)>> {
    if !shell::is_root() {
        return Ok(None);
    }
    let id = |flag: &str| {
        ["postgres", "nobody"].iter().find_map(|name| {
            shell::read(Command::new("id").args([flag, name]))
                .ok()?
                .trim()
                .parse()
                .ok()
        })
    };
    match (id("-u"), id("-g")) {
        (Some(uid), Some(gid)) => Ok(Some((uid, gid))),
        _ => {
            Err("Postgres does not run as root, and there is no user `postgres` or `nobody`".into())
        }
    }
}
