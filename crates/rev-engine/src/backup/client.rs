//! `pg_dump` and `pg_restore`: found as the server's programs are, never older than the server, and told their password through
//! the environment, which only the same account can read.

use super::error::BackupError;
use crate::dev_database::client_directories;
use crate::pg::Address;
use crate::pg::address::TlsMode;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::Command;

/// A directory with both programs.
#[derive(Debug, Clone)]
pub(super) struct Client {
    directory: PathBuf,
    /// Their major version.
    pub major: u32,
    /// What `pg_dump --version` prints.
    pub version: String,
}

impl Client {
    /// Returns the programs for a server of this major: of the same major where they are there, else the next newer one.
    pub async fn find(server: u32) -> Result<Client, BackupError> {
        let found = tokio::task::spawn_blocking(all).await.unwrap_or_default();
        let fitting = found
            .iter()
            .filter(|client| client.major >= server)
            .min_by_key(|client| client.major);
        fitting.cloned().ok_or_else(|| {
            let mut majors: Vec<_> = found.iter().map(|client| client.major).collect();
            majors.sort_unstable();
            majors.dedup();
            BackupError::NoClient {
                server,
                found: majors,
            }
        })
    }

    /// Returns a command for one of the programs, connected to the address by its environment.
    pub fn command(&self, program: &str, address: Option<&Address>) -> Command {
        let mut command = Command::new(self.directory.join(program));
        // Variables of ours must not steer it elsewhere.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(&name);
            }
        }
        if let Some(address) = address {
            command.envs(environment(address)).arg("--no-password");
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C ends this process, which then ends that one; and a future that is dropped does too.
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end. What it says on stderr is returned where it fails.
    pub async fn run(&self, mut command: Command) -> Result<Output, BackupError> {
        let program = PathBuf::from(command.as_std().get_program());
        let output = command
            .output()
            .await
            .map_err(|source| BackupError::Start { program, source })?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        Ok(Output {
            succeeded: output.status.success(),
            stdout: output.stdout,
            said: complaints(&stderr),
            only_unknown_settings: only_unknown_settings(&stderr),
        })
    }
}

/// What a program left behind.
pub(super) struct Output {
    pub succeeded: bool,
    pub stdout: Vec<u8>,
    /// Its errors, in few words.
    pub said: String,
    /// It failed, and only because the server is older than some setting that the program begins with.
    pub only_unknown_settings: bool,
}

/// A `pg_restore` of 17 or later begins with a setting that older servers do not have; nothing else depends on it.
fn only_unknown_settings(stderr: &str) -> bool {
    let mut errors = stderr
        .lines()
        .filter(|line| line.contains("error:"))
        .peekable();
    errors.peek().is_some()
        && errors.all(|line| {
            line.contains("unrecognized configuration parameter \"transaction_timeout\"")
        })
}

/// The error lines without the program's name; of the rest the end.
fn complaints(text: &str) -> String {
    let line = |line: &str| {
        let line = line.trim();
        let line = line
            .strip_prefix("pg_dump: ")
            .or_else(|| line.strip_prefix("pg_restore: "))
            .unwrap_or(line);
        line.strip_prefix("error: ").unwrap_or(line).to_owned()
    };
    let all: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let errors: Vec<String> = all
        .iter()
        .filter(|line| {
            line.contains("error:") || line.contains("detail:") || line.contains("fatal:")
        })
        .map(|text| line(text))
        .collect();
    if errors.is_empty() {
        let last = all.iter().rev().take(2).rev();
        return last.map(|text| line(text)).collect::<Vec<_>>().join("; ");
    }
    let more = errors.len().saturating_sub(3);
    let mut text = errors.into_iter().take(3).collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

fn all() -> Vec<Client> {
    let mut seen = Vec::new();
    let mut clients = Vec::new();
    for directory in client_directories() {
        // Debian's `pg_dump` on PATH is a script that chooses a version by rules of its own; the real programs lie elsewhere.
        let Ok(real) = directory.join("pg_dump").canonicalize() else {
            continue;
        };
        let is_itself = real.file_name().is_some_and(|name| name == "pg_dump");
        let Some(directory) = real.parent().filter(|_| is_itself) else {
            continue;
        };
        if seen.iter().any(|other| other == directory) || !directory.join("pg_restore").exists() {
            continue;
        }
        seen.push(directory.to_owned());
        let Ok(output) = std::process::Command::new(&real).arg("--version").output() else {
            continue;
        };
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if let Some(major) = crate::dev_database::major_of(&version) {
            clients.push(Client {
                directory: directory.to_owned(),
                major,
                version,
            });
        }
    }
    clients
}

/// The address as libpq's variables.
fn environment(address: &Address) -> Vec<(&'static str, String)> {
    let join = |parts: Vec<String>| parts.join(",");
    let mut variables = vec![
        (
            "PGHOST",
            join(address.hosts.iter().map(|host| host.name.clone()).collect()),
        ),
        (
            "PGPORT",
            join(
                address
                    .hosts
                    .iter()
                    .map(|host| host.port.to_string())
                    .collect(),
            ),
        ),
        ("PGAPPNAME", "rev backup".to_owned()),
        (
            "PGSSLMODE",
            match address.tls.mode {
                TlsMode::Disable => "disable",
                TlsMode::Allow => "allow",
                TlsMode::Prefer => "prefer",
                TlsMode::Require => "require",
                TlsMode::VerifyCa => "verify-ca",
                TlsMode::VerifyFull => "verify-full",
            }
            .to_owned(),
        ),
    ];
    let passfile = address
        .passfile
        .as_ref()
        .map(|path| path.display().to_string());
    let timeout = address
        .connect_timeout
        .map(|limit| limit.as_secs().max(1).to_string());
    let optional = [
        ("PGDATABASE", address.database.clone()),
        ("PGUSER", address.user.clone()),
        ("PGPASSWORD", address.password.clone()),
        ("PGPASSFILE", passfile),
        ("PGOPTIONS", address.options.clone()),
        ("PGCONNECT_TIMEOUT", timeout),
        ("PGSSLROOTCERT", address.tls.root_certificate.clone()),
        ("PGSSLCERT", address.tls.certificate.clone()),
        ("PGSSLKEY", address.tls.key.clone()),
    ];
    variables.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_the_environment_and_not_in_the_arguments() {
        let address = Address::parse(
            Some("postgres://me:s%40cret@db1:1,db2:2/shop?sslmode=verify-full"),
            &|_| None,
        )
        .expect("an address");
        let client = Client {
            directory: "/x".into(),
            major: 15,
            version: String::new(),
        };
        let mut command = client.command("pg_dump", Some(&address));
        command.arg("--format=custom");
        let command = command.as_std();
        let arguments: Vec<_> = command.get_args().collect();
        assert!(!format!("{arguments:?}").contains("s@cret"));
        let of = |name: &str| {
            let mut all = command.get_envs();
            all.find(|(key, _)| *key == name)
                .and_then(|(_, value)| value?.to_str().map(str::to_owned))
        };
        assert_eq!(of("PGPASSWORD").as_deref(), Some("s@cret"));
        assert_eq!(of("PGHOST").as_deref(), Some("db1,db2"));
        assert_eq!(of("PGPORT").as_deref(), Some("1,2"));
        assert_eq!(of("PGSSLMODE").as_deref(), Some("verify-full"));
    }

    #[test]
    fn of_much_that_is_said_the_errors_are_kept() {
        let said = "pg_restore: while PROCESSING TOC:\npg_restore: from TOC entry 2\npg_restore: error: could not execute query: ERROR:  no\nCommand was: x\n";
        assert_eq!(complaints(said), "could not execute query: ERROR:  no");
        assert_eq!(complaints("a\nb\nc\n"), "b; c");
    }

    #[test]
    fn a_setting_that_an_older_server_lacks_is_no_failure_by_itself() {
        let lacking = "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \"transaction_timeout\"\nCommand was: SET transaction_timeout = 0;\npg_restore: warning: errors ignored on restore: 1\n";
        assert!(only_unknown_settings(lacking));
        assert!(!only_unknown_settings(&format!(
            "{lacking}pg_restore: error: could not execute query: ERROR:  no\n"
        )));
        assert!(!only_unknown_settings(""));
    }
}
