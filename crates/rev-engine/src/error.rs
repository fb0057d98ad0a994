//! What can go wrong, as values. Every variant names the thing, and the file and line where there is one.

use crate::codes::{ExitKind, exit_of};
use crate::history::HistoryError;
use crate::new_revision::NewRevisionError;
use crate::settings::SettingsError;
use rev_dag::GraphError;
use rev_template::RenderError;
use std::fmt;
use std::path::{Path, PathBuf};

/// A file, and a line in it where one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as a person would type it.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<u32>,
}

impl Place {
    /// Returns the place of a line in a file.
    pub fn at(file: impl Into<PathBuf>, line: u32) -> Self {
        Self {
            file: file.into(),
            line: (line > 0).then_some(line),
        }
    }

    /// Returns the place of a file as a whole.
    pub fn file(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            line: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}", self.file.display()),
            None => write!(formatter, "{}", self.file.display()),
        }
    }
}

/// Anything that stops a command.
///
/// The sentence (`Display`) says what is wrong and where; [`EngineError::hint`] says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// `rev.yaml` cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The revision files cannot be used.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The graph has no answer.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A new revision cannot be made that way.
    #[error(transparent)]
    NewRevision(#[from] NewRevisionError),
    /// The revision template or the pattern of file names does not work.
    #[error("{0}")]
    Template(#[from] RenderError),
    /// A branch cannot be moved.
    #[error(transparent)]
    Rebase(#[from] crate::commands::rebase::RebaseError),
    /// `edit` has no editor to open.
    #[error("no editor is chosen")]
    NoEditor,
    /// The editor ended with an error.
    #[error("the editor `{editor}` ended with an error")]
    EditorFailed {
        /// The command.
        editor: String,
    },
    /// No `rev.yaml` upwards from here.
    #[error("no rev.yaml in {} or any folder above it", searched.display())]
    NoProject {
        /// Where the search began.
        searched: PathBuf,
    },
    /// The file given with `--config` is not there.
    #[error("{} does not exist", path.display())]
    NoConfig {
        /// The path as given.
        path: PathBuf,
    },
    /// The command needs a database.
    #[error("no database is configured")]
    NoDatabase,
    /// A file could not be read or written.
    #[error("cannot {doing} {}: {}", path.display(), plain_io(source))]
    Io {
        /// A verb: "read", "write", "list".
        doing: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that would be written is there already.
    #[error("{} exists already", path.display())]
    FileExists {
        /// Which.
        path: PathBuf,
    },
    /// Files that would be written are there already.
    #[error("{} already here: {}", if paths.len() == 1 { "this file is" } else { "these files are" }, join_paths(paths))]
    FilesExist {
        /// Which.
        paths: Vec<PathBuf>,
    },
    /// `init --template` names none that there is.
    #[error("there is no template `{asked}`")]
    UnknownTemplate {
        /// The name asked for.
        asked: String,
        /// The nearest there is.
        near: Option<String>,
        /// All there are.
        known: Vec<String>,
    },
    /// The server refused a statement.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
    /// A plan was not carried out.
    #[error(transparent)]
    Run(#[from] crate::runner::RunError),
    /// A backup was not taken, proved or restored.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    /// A history of another tool cannot be taken over.
    #[error(transparent)]
    Import(#[from] crate::import::ImportError),
    /// The throw-away server could not be had.
    #[error(transparent)]
    Cluster(#[from] crate::dev_database::ClusterError),
    /// A statement of a revision failed in a rehearsal.
    #[error(transparent)]
    Rehearsal(#[from] crate::rehearsal::RehearsalFailure),
    /// A decision is missing, or a promise cannot be kept.
    #[error(transparent)]
    Autogenerate(#[from] Box<crate::commands::autogenerate::AutogenerateError>),
    /// `adopt` of what is under `rev` already.
    #[error("this project is not new: {what}")]
    AlreadyManaged {
        /// What shows it.
        what: String,
    },
    /// `--derive-downgrade` of a revision that has one.
    #[error("{} has a downgrade section already", path.display())]
    HasDowngrade {
        /// Which.
        revision: rev_dag::RevisionId,
        /// Its file.
        path: PathBuf,
    },
    /// Two schemas cannot be brought together.
    #[error(transparent)]
    Diff(#[from] rev_schema::DiffError),
    /// The models cannot be used.
    #[error(transparent)]
    Model(#[from] crate::models::ModelError),
    /// There is no place for a rehearsal.
    #[error(transparent)]
    DevDatabase(#[from] crate::dev_database::DevDatabaseError),
    /// A signal stopped the command.
    #[error("interrupted by {}", if *signal == libc::SIGTERM { "SIGTERM" } else { "SIGINT" })]
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
    /// A defect in `rev` itself.
    #[error("internal error: {message}")]
    Internal {
        /// What was found to be impossible.
        message: String,
    },
}

impl EngineError {
    /// Returns the error for something done to a file that failed.
    pub fn io(doing: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io {
            doing,
            path: path.as_ref().to_owned(),
            source,
        }
    }

    /// Returns the snake_case name of what went wrong, as in `--format json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings(error) => error.code(),
            Self::History(error) => error.code(),
            Self::Graph(error) => error.code(),
            Self::NewRevision(error) => error.code(),
            Self::Template(_) => "bad_template",
            Self::Rebase(error) => error.code(),
            Self::NoEditor => "no_editor",
            Self::EditorFailed { .. } => "editor_failed",
            Self::NoProject { .. } => "no_project",
            Self::NoConfig { .. } => "no_config",
            Self::NoDatabase => "no_database",
            Self::Io { .. } => "io",
            Self::FileExists { .. } | Self::FilesExist { .. } => "file_exists",
            Self::UnknownTemplate { .. } => "unknown_template",
            Self::Database(_) => "database",
            Self::Run(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::Import(error) => error.code(),
            Self::Cluster(error) => error.code(),
            Self::DevDatabase(error) => error.code(),
            Self::Model(error) => error.code(),
            Self::Rehearsal(_) => "rehearsal_failed",
            Self::AlreadyManaged { .. } => "already_managed",
            Self::HasDowngrade { .. } => "has_downgrade",
            Self::Autogenerate(error) => error.code(),
            Self::Diff(rev_schema::DiffError::UnknownRename { .. }) => "unknown_rename",
            Self::Diff(_) => "no_plan",
            Self::Interrupted { .. } => "interrupted",
            Self::Internal { .. } => "internal",
        }
    }

    /// Returns how the process ends.
    pub fn exit(&self) -> ExitKind {
        match self {
            Self::Interrupted { signal } => ExitKind::Interrupted(*signal),
            // The history is sound still: what would have spoilt it was not written.
            Self::NewRevision(_) => ExitKind::Failed,
            other => exit_of(other.code()),
        }
    }

    /// Returns the next step, where one is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Settings(error) => error.hint(),
            Self::History(error) => error.hint(),
            Self::Graph(error) => error.hint(),
            Self::NewRevision(error) => error.hint(),
            Self::Template(error) => error.hint().map(str::to_owned),
            Self::Rebase(error) => error.hint(),
            Self::NoEditor => Some("set EDITOR, as in `export EDITOR=vi`".into()),
            Self::EditorFailed { .. } => Some("the file is as the editor left it; `rev check` reads it".into()),
            Self::Run(error) => error.hint(),
            Self::Backup(error) => error.hint(),
            Self::Import(error) => error.hint(),
            Self::Cluster(error) => error.hint(),
            Self::DevDatabase(error) => error.hint(),
            Self::Model(error) => error.hint(),
            Self::Rehearsal(failure) => failure.fault.hint.clone(),
            Self::AlreadyManaged { .. } => {
                Some("compare with `rev check`, and write what differs with `rev autogenerate --from-database`".into())
            }
            Self::HasDowngrade { .. } => Some("empty the section first if it is to be written anew".into()),
            Self::Autogenerate(error) => error.hint(),
            Self::Diff(rev_schema::DiffError::UnknownRename { .. }) => {
                Some("write it as `--rename table.old=new`, with the names as they are in the database and in the models".into())
            }
            Self::Diff(_) => None,
            Self::NoProject { .. } => Some("start a project here with `rev init`, or name its settings with `--config FILE`".into()),
            Self::NoConfig { .. } => Some("`rev init` writes one".into()),
            Self::NoDatabase => Some(
                "set DATABASE_URL (or DATABASE_URL_FILE), pass `-d postgres://…`, or write `database: embedded` in rev.yaml for a private server".into(),
            ),
            Self::FileExists { .. } => Some("move it away, or choose another name".into()),
            Self::FilesExist { .. } => Some("nothing was written; move them away, or choose another folder".into()),
            Self::UnknownTemplate { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            Self::UnknownTemplate { known, .. } => Some(format!("templates are: {}", known.join(", "))),
            Self::Database(fault) => fault.hint.clone(),
            Self::Internal { .. } => Some("please report this with the command that led here".into()),
            Self::Io { .. } | Self::Interrupted { .. } => None,
        }
    }
}

fn join_paths(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns what the system said about a file without the " (os error 2)" at its end.
pub(crate) fn plain_io(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What the server said when it refused, field by field.
///
/// sqlx's own sentence for a server error ends in "at line N", which is a line of the server's C source;
/// it must never reach a person, hence this type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DatabaseFault {
    /// SQLSTATE, such as `42P01`; empty when the fault lies in the connection.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
    /// The server's DETAIL.
    pub detail: Option<String>,
    /// The server's HINT.
    pub hint: Option<String>,
    /// The server's CONTEXT, as of a PL/pgSQL function.
    pub context: Option<String>,
    /// Position in the statement sent, in characters from 1.
    pub position: Option<usize>,
    /// The constraint that was violated.
    pub constraint: Option<String>,
}

impl fmt::Display for DatabaseFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        if let Some(detail) = &self.detail {
            write!(formatter, " ({})", detail.trim_end_matches('.'))?;
        }
        if !self.sqlstate.is_empty() {
            write!(formatter, " [{}]", self.sqlstate)?;
        }
        Ok(())
    }
}

impl std::error::Error for DatabaseFault {}

impl DatabaseFault {
    /// Returns the line (from 1) of the fault in the statement that was sent.
    pub fn line_in(&self, statement: &str) -> Option<u32> {
        let before = statement.chars().take(self.position?.saturating_sub(1));
        u32::try_from(before.filter(|letter| *letter == '\n').count() + 1).ok()
    }
}

impl From<sqlx::Error> for DatabaseFault {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::postgres::{PgDatabaseError, PgErrorPosition};
        let Some(server) = error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
        else {
            let message = match &error {
                sqlx::Error::Io(source) => plain_io(source),
                other => other.to_string(),
            };
            return Self {
                message,
                ..Self::default()
            };
        };
        Self {
            sqlstate: server.code().to_owned(),
            message: server.message().to_owned(),
            detail: server.detail().map(str::to_owned),
            hint: server.hint().map(str::to_owned),
            context: server.r#where().map(str::to_owned),
            position: match server.position() {
                Some(PgErrorPosition::Original(position)) => Some(position),
                _ => None,
            },
            constraint: server.constraint().map(str::to_owned),
        }
    }
}

impl From<sqlx::Error> for EngineError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
