//! `branches`: where the history branches.

use crate::history::History;
use rev_dag::RevisionId;

/// A branch point and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The revision with several children.
    pub point: RevisionId,
    /// The children.
    pub children: Vec<RevisionId>,
}

/// Returns the branch points, oldest first.
pub fn branches(history: &History) -> Vec<Branch> {
    let graph = &history.graph;
    graph
        .branch_points()
        .into_iter()
        .map(|point| Branch {
            children: graph.children(&point),
            point,
        })
        .collect()
}
