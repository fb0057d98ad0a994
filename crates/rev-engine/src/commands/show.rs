//! `show`: revisions that a target means.

use crate::error::EngineError;
use crate::history::History;
use rev_dag::RevisionId;

/// Returns the revisions that a target means; `rows` are those of the database, for `current` and what starts from it.
///
/// # Errors
/// Nothing, or nothing plain, has that name.
pub fn named(
    history: &History,
    target: &str,
    rows: &[String],
) -> Result<Vec<RevisionId>, EngineError> {
    Ok(history.graph.resolve_revisions_at(target, rows)?)
}
