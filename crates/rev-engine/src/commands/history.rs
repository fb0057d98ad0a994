//! `history`: revisions, newest first.

use crate::error::EngineError;
use crate::history::History;
use rev_dag::{RevisionId, Standing};
use std::collections::HashSet;

/// Revisions to show, and what a database has of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryReport {
    /// The revisions, in the order of an upgrade: oldest first.
    pub revisions: Vec<RevisionId>,
    /// What the database has, when its rows were given.
    pub applied: Option<Applied>,
}

impl HistoryReport {
    /// Returns how a revision stands to the database that was asked, if one was.
    pub fn standing(&self, id: &RevisionId) -> Standing {
        match &self.applied {
            None => Standing::Unknown,
            Some(applied) if applied.rows.contains(id) => Standing::Current,
            Some(applied) if applied.revisions.contains(id) => Standing::Applied,
            Some(_) => Standing::Pending,
        }
    }
}

/// What a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The rows of the version table.
    pub rows: Vec<RevisionId>,
    /// The rows and all they contain.
    pub revisions: HashSet<RevisionId>,
}

impl Applied {
    /// Returns what a database with these rows has.
    ///
    /// # Errors
    /// A row that the history does not know.
    pub fn of(history: &History, rows: &[String]) -> Result<Self, EngineError> {
        let known = history.graph.plan_upgrade(rows, "base")?.from;
        let revisions = history
            .graph
            .ancestors(known.iter().map(RevisionId::as_str))
            .into_iter()
            .collect();
        Ok(Self {
            rows: known,
            revisions,
        })
    }
}

/// Returns the revisions of a range (`a:b`; all of them when `None`), with what the database has when its rows are given.
///
/// # Errors
/// A range whose ends cannot be found or do not lie on one line; a row that the history does not know.
pub fn history(
    history: &History,
    range: Option<&str>,
    rows: Option<&[String]>,
) -> Result<HistoryReport, EngineError> {
    let revisions = match range {
        Some(range) => history.graph.range_at(range, rows.unwrap_or_default())?,
        None => history.graph.in_order(),
    };
    let applied = rows.map(|rows| Applied::of(history, rows)).transpose()?;
    Ok(HistoryReport { revisions, applied })
}
