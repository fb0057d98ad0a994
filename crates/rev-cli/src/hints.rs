//! The next step for an error, in the words of the command line.

use rev_engine::EngineError;

/// Returns what to do next. The engine knows most of it; this is the place for what only a terminal knows.
pub fn hint(error: &EngineError) -> Option<String> {
    error.hint()
}
