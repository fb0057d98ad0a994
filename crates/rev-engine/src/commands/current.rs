//! `current`: where the database stands.

use super::run::{Opened, Surroundings, open};
use crate::error::EngineError;
use crate::history::History;
use crate::project::Project;
use rev_dag::RevisionId;
use std::time::Duration;

/// Where the database stands.
pub struct CurrentReport {
    /// The revisions.
    pub history: History,
    /// The database, in words.
    pub place: String,
    /// The version rows.
    pub rows: Vec<String>,
    /// The rows that no revision file knows.
    pub unknown: Vec<String>,
    /// The heads of the history.
    pub heads: Vec<RevisionId>,
    /// What is not applied yet, in the order in which it would be.
    pub pending: Vec<RevisionId>,
}

impl CurrentReport {
    /// Whether everything is applied.
    #[must_use]
    pub fn is_at_heads(&self) -> bool {
        self.pending.is_empty() && self.unknown.is_empty()
    }
}

/// Reads the version rows and compares them with the history. Writes nothing and takes no lock.
///
/// # Errors
/// The history is unsound or the database cannot be reached.
pub async fn current(
    project: &Project,
    wait: Option<Duration>,
    surroundings: Surroundings<'_>,
) -> Result<CurrentReport, EngineError> {
    let opened = open(project, wait, surroundings).await?;
    let place = opened.session.place().to_owned();
    let Opened {
        session,
        state,
        history,
        ..
    } = opened;
    session.close().await;
    Ok(report(history, place, state.rows))
}

pub(crate) fn report(history: History, place: String, rows: Vec<String>) -> CurrentReport {
    let (known, unknown): (Vec<String>, Vec<String>) = rows
        .iter()
        .cloned()
        .partition(|row| history.graph.get(row).is_some());
    let pending = pending(&history, &known);
    CurrentReport {
        heads: history.graph.heads(),
        history,
        place,
        rows,
        unknown,
        pending,
    }
}

/// What `upgrade heads` would run; nothing is pending on a history without revisions.
fn pending(history: &History, known: &[String]) -> Vec<RevisionId> {
    let applied: std::collections::HashSet<RevisionId> = history
        .graph
        .ancestors(known.iter().map(String::as_str))
        .into_iter()
        .chain(known.iter().map(|row| RevisionId::from(row.as_str())))
        .collect();
    history
        .graph
        .in_order()
        .into_iter()
        .filter(|id| !applied.contains(id))
        .collect()
}
