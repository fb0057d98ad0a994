//! [`Revision`]: what the graph needs to know of one revision file.

use crate::RevisionId;

/// One revision as plain data: the part of a revision file's header that the graph speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its name; unique in a history.
    pub id: RevisionId,
    /// Its parents: none for a base, one in a line, several for a merge.
    pub down_revisions: Vec<RevisionId>,
    /// What must be applied first without being a parent: ids, unique prefixes of ids, or branch labels.
    pub depends_on: Vec<String>,
    /// The names given here to the line of revisions that this one belongs to.
    pub branch_labels: Vec<String>,
    /// When it was written, in unix seconds. Only breaks ties between revisions the graph leaves free.
    pub create_date: i64,
    /// What a person wrote about it.
    pub message: String,
}

impl Revision {
    /// Returns a base revision with nothing but a name; fill in the rest as needed.
    pub fn new(id: impl Into<RevisionId>) -> Self {
        Self {
            id: id.into(),
            down_revisions: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            create_date: 0,
            message: String::new(),
        }
    }
}
