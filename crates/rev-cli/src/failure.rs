//! Why a command did not succeed, as the terminal sees it.

use rev_engine::{EngineError, ExitKind};
use serde_json::{Map, Value};

/// An error on its way to the edge, with what a JSON reader should get beside it.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub problem: Problem,
    /// Keys beside `error` in JSON, such as an empty `steps`.
    pub data: Map<String, Value>,
}

/// What went wrong.
#[derive(Debug)]
pub enum Problem {
    /// The engine says.
    Engine(Box<EngineError>),
    /// The arguments contradict each other or name what is not there.
    Usage {
        /// One sentence.
        message: String,
        /// The next step.
        hint: Option<String>,
    },
    /// stdout could not be written; a reader that went away is not worth a word.
    Output(std::io::Error),
}

impl Failure {
    /// Returns a usage error.
    pub fn usage(message: impl Into<String>, hint: impl Into<Option<String>>) -> Self {
        Self {
            problem: Problem::Usage {
                message: message.into(),
                hint: hint.into(),
            },
            data: Map::new(),
        }
    }

    /// Adds keys that a JSON reader gets beside `error`.
    pub fn with_data(mut self, data: Map<String, Value>) -> Self {
        self.data = data;
        self
    }

    /// Returns the snake_case code.
    pub fn code(&self) -> &'static str {
        match &self.problem {
            Problem::Engine(error) => error.code(),
            Problem::Usage { .. } => "usage",
            Problem::Output(_) => "io",
        }
    }

    /// Returns the sentence.
    pub fn message(&self) -> String {
        match &self.problem {
            Problem::Engine(error) => error.to_string(),
            Problem::Usage { message, .. } => message.clone(),
            Problem::Output(error) => format!("cannot write to stdout: {error}"),
        }
    }

    /// Returns the next step.
    pub fn hint(&self) -> Option<String> {
        match &self.problem {
            Problem::Engine(error) => crate::hints::hint(error),
            Problem::Usage { hint, .. } => hint.clone(),
            Problem::Output(_) => None,
        }
    }

    /// Returns how the process ends.
    pub fn exit(&self) -> ExitKind {
        match &self.problem {
            Problem::Engine(error) => error.exit(),
            Problem::Usage { .. } => ExitKind::Usage,
            Problem::Output(_) => ExitKind::Failed,
        }
    }
}

impl<E: Into<EngineError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            problem: Problem::Engine(Box::new(error.into())),
            data: Map::new(),
        }
    }
}
