//! `status`: what is going on right now: where the database stands, who works on it, and what is under way.

use super::current::{CurrentReport, report, stored_of};
use super::run::{Opened, Surroundings, open};
use crate::error::EngineError;
use crate::pg::lock::holder;
use crate::project::Project;
use crate::runner::RunError;
use std::time::Duration;

/// What is going on.
pub struct StatusReport {
    /// Where the database stands.
    pub current: CurrentReport,
    /// Who holds the lock, in words.
    pub runner: Option<String>,
    /// Revisions that are being carried out in several transactions, or were interrupted.
    pub under_way: Vec<UnderWay>,
    /// The last failure, if nothing succeeded since.
    pub last_failure: Option<String>,
}

/// A statement or batch of a revision under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    /// The revision.
    pub revision: String,
    /// "upgrade" or "downgrade".
    pub action: String,
    /// The statement, from 1.
    pub statement: u32,
    /// "running" or "done".
    pub status: String,
    /// What it is.
    pub intent: String,
    /// Rows that a batch has done.
    pub rows_done: u64,
    /// Rows that it will be, about.
    pub estimate: Option<u64>,
    /// Seconds since the last sign of life.
    pub idle_seconds: u64,
}

/// Looks around. Writes nothing and takes no lock.
///
/// # Errors
/// The history is unsound or the database cannot be reached.
pub async fn status(
    project: &Project,
    wait: Option<Duration>,
    surroundings: Surroundings<'_>,
) -> Result<StatusReport, EngineError> {
    let Opened {
        mut session,
        state,
        history,
        settings,
        ..
    } = open(project, wait, surroundings).await?;
    let books = &settings.books;
    let runner = holder(&mut session, books)
        .await
        .map(|holder| holder.to_string());
    let mut under_way = Vec::new();
    if state.has_progress {
        let rows = books
            .rows(&mut session, &format!(
                "SELECT revision, action, statement + 1, status, COALESCE(intent, ''), COALESCE(rows_done, 0), estimate, \
                 EXTRACT(epoch FROM pg_catalog.clock_timestamp() - updated_at)::pg_catalog.int8 FROM {} ORDER BY started_at, statement",
                books.quoted("rev_progress")
            ))
            .await
            .map_err(|error| RunError::bookkeeping("read rev_progress", error))?;
        under_way = rows
            .iter()
            .map(|row| UnderWay {
                revision: row.text(0).to_owned(),
                action: row.text(1).to_owned(),
                statement: row.number(2).unwrap_or(0),
                status: row.text(3).to_owned(),
                intent: crate::pg::lock::one_line(row.text(4)),
                rows_done: row.number(5).unwrap_or(0),
                estimate: row.number(6),
                idle_seconds: row.number(7).unwrap_or(0),
            })
            .collect();
    }
    let mut last_failure = None;
    if state.has_history {
        let rows = books
            .rows(
                &mut session,
                &format!(
                    "SELECT status, error FROM {} ORDER BY id DESC LIMIT 1",
                    books.quoted("rev_history")
                ),
            )
            .await
            .map_err(|error| RunError::bookkeeping("read rev_history", error))?;
        last_failure = rows
            .first()
            .filter(|row| row.text(0) == "failed")
            .map(|row| row.text(1).to_owned());
    }
    let stored = stored_of(&mut session, books, &state, &history).await?;
    let place = session.place().to_owned();
    session.close().await;
    Ok(StatusReport {
        current: report(history, place, state.rows, stored),
        runner,
        under_way,
        last_failure,
    })
}
