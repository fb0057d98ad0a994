//! `current`: where the database stands.

use super::run::{Opened, Surroundings, open};
use crate::error::EngineError;
use crate::history::History;
use crate::pg::{Books, Session, State};
use crate::project::Project;
use crate::runner::{RunError, StoredRevision, stored};
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
    /// What the database has kept of those, and of what lies between them and the files.
    pub stored: Vec<StoredRevision>,
    /// The rows that have files, and the revisions with files that the others stand on.
    pub implied: Vec<String>,
    /// The heads of the history.
    pub heads: Vec<RevisionId>,
    /// What is not applied yet, in the order in which it would be.
    pub pending: Vec<RevisionId>,
}

impl CurrentReport {
    /// Returns what the database has kept of a revision.
    #[must_use]
    pub fn stored(&self, revision: &str) -> Option<&StoredRevision> {
        self.stored
            .iter()
            .find(|stored| stored.revision == revision)
    }

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
        mut session,
        state,
        history,
        settings,
        ..
    } = opened;
    let stored = stored_of(&mut session, &settings.books, &state, &history).await?;
    session.close().await;
    Ok(report(history, place, state.rows, stored))
}

/// What the database says of rows that no file knows: with all that they stand on, as far as it is kept.
pub(crate) async fn stored_of(
    session: &mut Session,
    books: &Books,
    state: &State,
    history: &History,
) -> Result<Vec<StoredRevision>, EngineError> {
    let unknown = stored::unknown_rows(history, &state.rows);
    if unknown.is_empty() || !state.has_history {
        return Ok(Vec::new());
    }
    match stored::lineage(session, books, history, &unknown).await {
        Err(EngineError::Run(RunError::NothingStored { .. })) => {
            stored::read(session, books, &unknown).await
        }
        other => other,
    }
}

pub(crate) fn report(
    history: History,
    place: String,
    rows: Vec<String>,
    stored: Vec<StoredRevision>,
) -> CurrentReport {
    let (known, unknown): (Vec<String>, Vec<String>) = rows
        .iter()
        .cloned()
        .partition(|row| history.graph.get(row).is_some());
    let below = stored.iter().flat_map(StoredRevision::stands_on);
    let mut implied = known;
    implied.extend(below.filter(|id| history.graph.get(id).is_some()).cloned());
    let pending = pending(&history, &implied);
    CurrentReport {
        heads: history.graph.heads(),
        history,
        place,
        rows,
        unknown,
        stored,
        implied,
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
