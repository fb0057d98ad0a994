//! `heads`: the revisions that nothing follows.

use crate::history::History;
use rev_dag::RevisionId;

/// Returns the heads; with `resolve_dependencies` only those that no other revision depends on either.
pub fn heads(history: &History, resolve_dependencies: bool) -> Vec<RevisionId> {
    if resolve_dependencies {
        history.graph.effective_heads()
    } else {
        history.graph.heads()
    }
}
