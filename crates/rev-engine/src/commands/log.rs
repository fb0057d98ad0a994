//! `log`: what was done to the database, when, by whom, and how it went.

use super::run::{Surroundings, connect_waiting};
use crate::error::EngineError;
use crate::pg::{TextRow, connect_options};
use crate::project::Project;
use crate::runner::carry::look;
use crate::runner::{RunError, RunSettings};
use std::time::Duration;

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// At most so many, the newest.
    pub limit: Option<u32>,
    /// Those of revisions that start so.
    pub revision: Option<String>,
    /// Those that failed.
    pub failed: bool,
    /// With the SQL that ran.
    pub sql: bool,
    /// How long to wait for the database.
    pub wait: Option<Duration>,
}

/// One line of the history table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogEntry {
    /// Counts up.
    pub id: u64,
    /// The run it belongs to.
    pub run_id: String,
    /// The revision.
    pub revision: String,
    /// "upgrade", "downgrade", "stamp", "unstamp" or "repair".
    pub action: String,
    /// The revision's message.
    pub message: String,
    /// When it began, in UTC.
    pub started_at: String,
    /// How many milliseconds it took.
    pub duration_ms: Option<u64>,
    /// "running", "done" or "failed".
    pub status: String,
    /// Rows its statements changed.
    pub rows_affected: Option<u64>,
    /// What went wrong.
    pub error: Option<String>,
    /// What else is worth knowing.
    pub note: Option<String>,
    /// The role.
    pub db_user: String,
    /// The machine.
    pub host: String,
    /// The person or job.
    pub actor: String,
    /// The version of `rev`.
    pub tool_version: String,
    /// The commit the revisions came from.
    pub git_commit: Option<String>,
    /// `--tag`.
    pub tag: Option<String>,
    /// The SQL of the upgrade, when asked for.
    pub upgrade_sql: Option<String>,
    /// The SQL of the downgrade, when asked for.
    pub downgrade_sql: Option<String>,
}

/// Reads the history table, newest first.
///
/// # Errors
/// The database cannot be reached, or the role may not read the table.
pub async fn log(
    project: &Project,
    options: &LogOptions,
    surroundings: Surroundings<'_>,
) -> Result<Vec<LogEntry>, EngineError> {
    let settings = RunSettings::of(project.settings());
    let connect = connect_options(project, options.wait)?;
    let mut session = connect_waiting(&connect, surroundings).await?;
    let books = &settings.books;
    let state = look(&mut session, books).await?;
    if !state.has_history {
        session.close().await;
        return Ok(Vec::new());
    }
    let mut query = format!(
        "SELECT id, run_id, revision, action, message, \
         pg_catalog.to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), \
         pg_catalog.round(EXTRACT(epoch FROM duration) * 1000)::pg_catalog.int8, status, rows_affected, error, note, \
         db_user, host, actor, tool_version, git_commit, tag{} FROM {} WHERE true",
        if options.sql {
            ", upgrade_sql, downgrade_sql"
        } else {
            ""
        },
        books.quoted("rev_history")
    );
    if let Some(revision) = &options.revision {
        query.push_str(&format!(
            " AND pg_catalog.starts_with(revision, {})",
            rev_sql::quote_literal(revision)
        ));
    }
    if options.failed {
        query.push_str(" AND status = 'failed'");
    }
    query.push_str(" ORDER BY id DESC");
    if let Some(limit) = options.limit {
        query.push_str(&format!(" LIMIT {limit}"));
    }
    let rows = books
        .rows(&mut session, &query)
        .await
        .map_err(|error| RunError::bookkeeping("read rev_history", error))?;
    session.close().await;
    Ok(rows.iter().map(entry).collect())
}

fn entry(row: &TextRow) -> LogEntry {
    let owned = |column: usize| row.text(column).to_owned();
    let optional = |column: usize| row.get(column).map(str::to_owned);
    LogEntry {
        id: row.number(0).unwrap_or(0),
        run_id: owned(1),
        revision: owned(2),
        action: owned(3),
        message: owned(4),
        started_at: owned(5),
        duration_ms: row.number(6),
        status: owned(7),
        rows_affected: row.number(8),
        error: optional(9),
        note: optional(10),
        db_user: owned(11),
        host: owned(12),
        actor: owned(13),
        tool_version: owned(14),
        git_commit: optional(15),
        tag: optional(16),
        upgrade_sql: optional(17),
        downgrade_sql: optional(18),
    }
}
