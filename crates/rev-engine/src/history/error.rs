//! What can be wrong with the revision files of a project.

use crate::error::Place;
use rev_dag::{GraphError, RevisionId};
use rev_template::ParseError;
use std::path::{Path, PathBuf};

/// What is wrong with the revision files of a project.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A location of `revisions:` that is not there.
    #[error("the revisions folder {} does not exist", path.display())]
    MissingLocation {
        /// The folder.
        path: PathBuf,
    },
    /// A file that is no text.
    #[error("{} is not UTF-8 text", file.display())]
    NotText {
        /// The file.
        file: PathBuf,
    },
    /// A file that cannot be understood.
    #[error("{place}: {message}")]
    BadRevisionFile {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Two files with one identifier.
    #[error("revision `{revision}` is in two files: {} and {}", files[0].display(), files[1].display())]
    DuplicateRevision {
        /// The identifier.
        revision: RevisionId,
        /// The files.
        files: [PathBuf; 2],
    },
    /// The files are fine one by one and make no graph together.
    #[error("{}{error}", place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
    Unsound {
        /// The file that names what is missing or clashes.
        place: Option<Place>,
        /// What is wrong.
        error: GraphError,
    },
}

impl HistoryError {
    /// Returns the error for a file that cannot be understood.
    pub fn bad_file(file: &Path, error: ParseError) -> Self {
        Self::BadRevisionFile {
            place: Place::at(file, error.line),
            message: error.message,
            hint: error.hint,
        }
    }

    /// Returns the snake_case name of what went wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingLocation { .. } => "missing_location",
            Self::NotText { .. } => "not_text",
            Self::BadRevisionFile { .. } => "bad_revision_file",
            Self::DuplicateRevision { .. } => "duplicate_revision",
            Self::Unsound { error, .. } => error.code(),
        }
    }

    /// Returns the next step, where one is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::MissingLocation { .. } => {
                Some("make it, or correct `revisions:` in rev.yaml".into())
            }
            Self::NotText { .. } => Some("save it as UTF-8".into()),
            Self::BadRevisionFile { hint, .. } => hint.clone(),
            Self::DuplicateRevision { .. } => {
                Some("keep one, or give one of them another `revision:`".into())
            }
            Self::Unsound { error, .. } => error.hint(),
        }
    }
}
