//! What stops an import.

use super::Tool;
use crate::error::Place;
use std::path::PathBuf;

/// Why a history was not imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The files are those of no tool that is known.
    #[error("{} holds no SQL migrations of a known tool", folder.display())]
    UnknownTool {
        /// The folder.
        folder: PathBuf,
        /// Whether it looks like Alembic's.
        alembic: bool,
    },
    /// A file says something that has no equal here.
    #[error("{place}: {why}")]
    BadMigration {
        /// Where.
        place: Place,
        /// What.
        why: String,
    },
    /// Two files with one version.
    #[error("{} and {} have the same version", first.display(), second.display())]
    SameVersion {
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
}

impl ImportError {
    /// Returns the snake_case name of what went wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownTool { .. } => "unknown_tool",
            Self::BadMigration { .. } => "bad_migration",
            Self::SameVersion { .. } => "same_version",
        }
    }

    /// Returns the next step, where one is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTool { alembic: true, .. } => Some(
                "Alembic's revisions are Python: keep its table with `version_table: alembic_version`, and start here from a baseline (`rev autogenerate`, then `rev stamp --purge head`)"
                    .to_owned(),
            ),
            Self::UnknownTool { .. } => {
                let names: Vec<_> = Tool::ALL.iter().map(|tool| tool.name()).collect();
                Some(format!("name the folder with the .sql files; known are {}", names.join(", ")))
            }
            Self::BadMigration { .. } | Self::SameVersion { .. } => None,
        }
    }
}
