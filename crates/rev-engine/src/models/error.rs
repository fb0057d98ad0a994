//! What can be wrong with models.

use std::path::PathBuf;

use crate::error::DatabaseFault;

/// A statement that the server does not take, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file or command.
    pub name: String,
    /// The line, from 1.
    pub line: u32,
    /// The statement in one line.
    pub statement: String,
    /// What the server said.
    pub fault: DatabaseFault,
}

/// Why the models cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No file fits any pattern.
    #[error("there are no models: no file fits {}", .patterns.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", "))]
    NoModels {
        /// The patterns of rev.yaml.
        patterns: Vec<String>,
    },
    /// A file that rev.yaml names does not exist.
    #[error("the model file {} does not exist", .path.display())]
    MissingFile {
        /// The file.
        path: PathBuf,
    },
    /// A pattern is no pattern.
    #[error("`{pattern}` is not a file pattern: {reason}")]
    BadPattern {
        /// As written.
        pattern: String,
        /// What is wrong.
        reason: String,
    },
    /// A text is not UTF-8.
    #[error("{name}:{line}: this is not UTF-8")]
    NotUtf8 {
        /// The file or command.
        name: String,
        /// Where it stops being.
        line: usize,
    },
    /// A model command failed.
    #[error("the model command `{command}` failed with {status}{}", said_words(.said))]
    CommandFailed {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// The end of its standard error.
        said: String,
    },
    /// A model command printed nothing.
    #[error("the model command `{command}` printed nothing")]
    CommandSilent {
        /// The command.
        command: String,
    },
    /// A text cannot be cut into statements.
    #[error("{name}:{line}: {message}")]
    Unreadable {
        /// The file or command.
        name: String,
        /// The line.
        line: u32,
        /// What is wrong.
        message: String,
        /// What to do instead.
        hint: Option<String>,
    },
    /// The server does not take a statement, whatever is loaded before it.
    #[error("{}:{}: {}{}", .failure.name, .failure.line, .failure.fault, more_words(.others))]
    DoesNotLoad {
        /// The statement to look at first.
        failure: Box<Failure>,
        /// The rest of what did not load, much of it for want of the first.
        others: Vec<Failure>,
    },
    /// An extension that the dev database's server does not have.
    #[error("{name}:{line}: the dev database has no extension `{extension}`")]
    MissingExtension {
        /// The file or command.
        name: String,
        /// The line.
        line: u32,
        /// The extension.
        extension: String,
    },
}

fn said_words(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(":\n{said}")
    }
}

fn more_words(others: &[Failure]) -> String {
    match others.len() {
        0 => String::new(),
        1 => " (one more statement does not load)".to_owned(),
        n => format!(" ({n} more statements do not load)"),
    }
}

impl ModelError {
    /// Returns the error's name in machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            ModelError::NoModels { .. } | ModelError::MissingFile { .. } => "no_models",
            ModelError::BadPattern { .. } => "bad_setting",
            ModelError::NotUtf8 { .. } | ModelError::Unreadable { .. } => "bad_model",
            ModelError::CommandFailed { .. } | ModelError::CommandSilent { .. } => "model_command",
            ModelError::DoesNotLoad { .. } => "model_does_not_load",
            ModelError::MissingExtension { .. } => "missing_extension",
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            ModelError::NoModels { .. } => {
                Some("write the schema you want as DDL into one of them, or change `models` in rev.yaml".to_owned())
            }
            ModelError::MissingFile { .. } | ModelError::BadPattern { .. } => {
                Some("correct `models` in rev.yaml".to_owned())
            }
            ModelError::NotUtf8 { .. } => Some("save it as UTF-8".to_owned()),
            ModelError::CommandFailed { .. } | ModelError::CommandSilent { .. } => Some(
                "run it by hand in the project's folder: it must print DDL on standard output and end with 0".to_owned(),
            ),
            ModelError::Unreadable { hint, .. } => hint.clone(),
            ModelError::DoesNotLoad { failure, .. } => {
                failure.fault.hint.clone().or_else(|| hint_for(failure))
            }
            ModelError::MissingExtension { extension, .. } => Some(format!(
                "install the package with `{extension}` for this machine's Postgres, or set `dev_database` in rev.yaml to the URL of a server that has it"
            )),
        }
    }
}

fn hint_for(failure: &Failure) -> Option<String> {
    Some(match failure.fault.sqlstate.as_str() {
        "42P07" | "42710" | "42723" | "42701" | "42P06" => {
            "the models say it twice; keep one of them".to_owned()
        }
        "42P01" | "42704" | "42883" | "42703" | "3F000" => {
            "nothing in the models creates it; add it, or its file to `models` in rev.yaml"
                .to_owned()
        }
        _ => return None,
    })
}
