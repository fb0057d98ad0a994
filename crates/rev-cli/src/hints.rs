//! The next step for an error, in the words of the command line.

use rev_dag::GraphError;
use rev_engine::EngineError;

/// Returns what to do next. The engine knows most of it; this is the place for what only a terminal knows.
pub fn hint(error: &EngineError) -> Option<String> {
    match error {
        EngineError::Graph(GraphError::MultipleHeads { heads, .. }) => {
            let heads: Vec<_> = heads.iter().map(|head| format!("`{head}`")).collect();
            Some(format!(
                "name one of {}, ask for `heads`, or join them: rev merge heads -m \"…\"",
                heads.join(", ")
            ))
        }
        EngineError::Graph(
            GraphError::UnknownRevision { near, .. } | GraphError::UnknownBranch { near, .. },
        ) if near.is_empty() => {
            Some("`rev history` lists the revisions, `rev branches` the labels".to_owned())
        }
        other => other.hint(),
    }
}
