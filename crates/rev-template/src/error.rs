//! What can be wrong with a revision file or with a template.

use thiserror::Error;

/// A revision file that cannot be understood. The caller knows the file's name, this knows the line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct ParseError {
    /// The line in the file, counted from 1.
    pub line: u32,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ParseError {
    pub(crate) fn new(line: u32, message: impl Into<String>) -> Self {
        ParseError {
            line,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A template or a file name pattern that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    /// The template engine refuses the template.
    #[error("the {what} does not work: {message}")]
    Template {
        /// `revision template` or `file_name pattern`.
        what: &'static str,
        /// The engine's explanation, with line and column.
        message: String,
    },
    /// The text produced cannot be read back as a revision file.
    #[error("the revision template gives a file that cannot be read back: {0}")]
    Unreadable(ParseError),
    /// The text produced reads back as something else than was to be written.
    #[error("the revision template loses or changes {0}")]
    Unfaithful(&'static str),
    /// The pattern leads to a file name that is not safe to write.
    #[error("the file_name pattern gives `{name}`: {reason}")]
    BadFileName {
        /// The name that came out.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl RenderError {
    /// Returns what to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            RenderError::Unfaithful(_) => Some(
                "write every header value with the `yaml` filter, as in `message: {{ message | yaml }}`",
            ),
            RenderError::BadFileName { .. } => {
                Some("a pattern may use `/` for folders, but must stay inside the revisions folder")
            }
            _ => None,
        }
    }
}
