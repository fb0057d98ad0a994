//! What goes wrong with backups.

use std::path::PathBuf;

/// Why a backup was not taken, proved or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// No `pg_dump` that fits the server.
    #[error("{}", no_client(*.server, .found))]
    NoClient {
        /// The server's major version.
        server: u32,
        /// The majors that are there.
        found: Vec<u32>,
    },
    /// The disk does not have room for it.
    #[error(
        "{} has {} free, and the dump of {} of data may need {}",
        directory.display(), in_words(*free), in_words(*data), in_words(*needed)
    )]
    NoSpace {
        /// Where it was to go.
        directory: PathBuf,
        /// Bytes free.
        free: u64,
        /// Bytes that may be needed.
        needed: u64,
        /// Bytes of tables.
        data: u64,
    },
    /// `pg_dump` failed.
    #[error("pg_dump failed: {said}")]
    DumpFailed {
        /// What it said.
        said: String,
    },
    /// `pg_restore` failed.
    #[error("pg_restore failed: {said}")]
    RestoreFailed {
        /// What it said.
        said: String,
    },
    /// A program could not be started.
    #[error("cannot start {}: {source}", program.display())]
    Start {
        /// Which.
        program: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// There is no backup of that name.
    #[error("there is no backup `{asked}` in {}", directory.display())]
    NotFound {
        /// The name asked for.
        asked: String,
        /// Where was looked.
        directory: PathBuf,
        /// The nearest name there is.
        near: Option<String>,
    },
    /// A manifest that cannot be read.
    #[error("{} is no manifest of a backup: {why}", path.display())]
    BadManifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The dump is not what was written.
    #[error("the backup {} is damaged: {why}", path.display())]
    Damaged {
        /// The dump.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// What was restored is not what the manifest describes.
    #[error("what was restored from {} differs from what was backed up: {}", path.display(), differences.join("; "))]
    Different {
        /// The dump.
        path: PathBuf,
        /// What differs.
        differences: Vec<String>,
        /// The database it was restored into, where that is kept.
        kept: Option<String>,
    },
    /// A database would be replaced, and nobody said yes.
    #[error("this replaces the database `{database}` by its state of {moment}")]
    NeedsConsent {
        /// Which.
        database: String,
        /// When the backup was taken.
        moment: String,
    },
    /// The server holds another cluster's data than the backup's.
    #[error("the backup is of `{theirs}`, and the database here is `{ours}`")]
    OtherDatabase {
        /// The backup's.
        theirs: String,
        /// The one to be replaced.
        ours: String,
    },
    /// Sessions that would not end stood in the way of the renames.
    #[error("the database `{database}` is still in use: {who}")]
    InUse {
        /// Which.
        database: String,
        /// By whom.
        who: String,
    },
    /// No server to prove it on.
    #[error("the backup is of PostgreSQL {backup}, and the server to restore it on runs {server}")]
    OlderServer {
        /// The backup's major.
        backup: u32,
        /// The server's major.
        server: u32,
    },
    /// After an upgrade something is wrong that was not wrong before; the backup was put back.
    #[error("the upgrade made the database worse, and the backup was put back: {}", findings.join("; "))]
    BecameWorse {
        /// What was found.
        findings: Vec<String>,
    },
    /// A role without the right.
    #[error("the role `{role}` may not create databases on {place}")]
    NoRights {
        /// Who.
        role: String,
        /// Where.
        place: String,
    },
}

impl BackupError {
    /// Returns the snake_case name of what went wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoClient { .. } => "no_pg_dump",
            Self::NoSpace { .. } => "no_space",
            Self::DumpFailed { .. } => "dump_failed",
            Self::RestoreFailed { .. } => "restore_failed",
            Self::Start { .. } => "program_not_started",
            Self::NotFound { .. } => "unknown_backup",
            Self::BadManifest { .. } => "bad_manifest",
            Self::Damaged { .. } => "backup_damaged",
            Self::Different { .. } => "backup_differs",
            Self::NeedsConsent { .. } => "needs_consent",
            Self::OtherDatabase { .. } => "other_database",
            Self::InUse { .. } => "database_in_use",
            Self::OlderServer { .. } => "older_server",
            Self::NoRights { .. } => "no_createdb",
            Self::BecameWorse { .. } => "became_worse",
        }
    }

    /// Returns the next step, where one is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoClient { server, .. } => format!(
                "install the client programs (`apt install postgresql-client-{server}`, `brew install libpq`), or set `REV_POSTGRES_BIN` to the directory that holds pg_dump and pg_restore"
            ),
            Self::NoSpace { .. } => {
                "make room (`rev backup prune --keep 3`), or name another folder with --dir".to_owned()
            }
            Self::DumpFailed { said } if said.contains("permission denied") => {
                "pg_dump needs the right to read every table: pg_read_all_data (14 and later), or the owner's role".to_owned()
            }
            Self::DumpFailed { said } if said.contains("No space left") => {
                "make room (`rev backup prune --keep 3`), or name another folder with --dir".to_owned()
            }
            Self::NotFound { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::NotFound { .. } => "`rev backup list` shows those there are".to_owned(),
            Self::Damaged { .. } => {
                "use another one: `rev backup list`".to_owned()
            }
            Self::Different { kept: Some(kept), .. } => {
                format!("nothing was replaced; what was restored is in the database `{kept}`")
            }
            Self::NeedsConsent { .. } => "pass `--yes` if that is meant".to_owned(),
            Self::OtherDatabase { .. } => "pass `--into NAME` to restore it beside, or `--other-database` if that is meant".to_owned(),
            Self::InUse { .. } => "end those sessions (a superuser may), then run the same command again".to_owned(),
            Self::OlderServer { backup, .. } => {
                format!("install PostgreSQL {backup} or newer here, or set `dev_database` to such a server")
            }
            Self::NoRights { role, .. } => {
                format!("grant it with `ALTER ROLE {role} CREATEDB`, or use another role with -d")
            }
            _ => return None,
        })
    }
}

fn no_client(server: u32, found: &[u32]) -> String {
    let needs = format!(
        "the server runs PostgreSQL {server}, and a dump needs a pg_dump that is not older"
    );
    if found.is_empty() {
        format!("{needs}: this machine has none")
    } else {
        let majors: Vec<_> = found.iter().map(u32::to_string).collect();
        format!("{needs}: this machine has {}", majors.join(", "))
    }
}

/// Bytes for a person.
pub(crate) fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}
