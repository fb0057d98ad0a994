//! A script that cannot be cut into statements.

use thiserror::Error;

/// What is wrong with a script, and on which line of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct SplitError {
    /// The line in the script, counted from 1.
    pub line: u32,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl SplitError {
    pub(crate) fn new(line: u32, message: impl Into<String>) -> Self {
        SplitError {
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
