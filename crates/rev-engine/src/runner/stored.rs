//! Revisions that have no file here: what the history table kept of them.
//!
//! An older release that meets a newer database finds version rows that its files do not know. The rows of `rev_history`
//! hold what ran, what undoes it, and where the revision stands in the graph: enough to say what happened, and to step
//! back. The stored revisions become part of the history as if their files were there, so one planner and one runner serve
//! both.

use super::error::RunError;
use crate::error::EngineError;
use crate::history::History;
use crate::pg::{Books, Session, SessionError, TextRow};
use chrono::{DateTime, Utc};
use rev_dag::GraphError;
use rev_sql::quote_literal;
use rev_template::{Draft, Header};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

/// How many statements of a revision are told.
const TOLD: usize = 5;

/// What `rev_history` says of a revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredRevision {
    /// Its identifier.
    pub revision: String,
    /// The first line of its message.
    pub message: String,
    /// When it was carried out, in UTC.
    pub applied_at: String,
    /// The person or job, or else the role.
    pub by: String,
    /// The machine.
    pub host: String,
    /// The version of `rev`.
    pub tool_version: String,
    /// The commit its file came from.
    pub git_commit: Option<String>,
    /// What ran; none where it was only stamped.
    pub upgrade_sql: Option<String>,
    /// What undoes it.
    pub downgrade_sql: Option<String>,
    /// Its parents; none where an older `rev` wrote the row.
    pub parents: Option<Vec<String>>,
    depends_on: Vec<String>,
    branch_labels: Vec<String>,
    irreversible: Option<String>,
}

impl fmt::Display for StoredRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.message.is_empty() {
            write!(f, "\"{}\", ", self.message)?;
        }
        write!(f, "applied {} by {}", self.applied_at, self.by)?;
        if !self.host.is_empty() {
            write!(f, "@{}", self.host)?;
        }
        write!(f, " with rev {}", self.tool_version)?;
        match &self.git_commit {
            Some(commit) => write!(f, ", commit {}", commit.get(..12).unwrap_or(commit)),
            None => Ok(()),
        }
    }
}

impl StoredRevision {
    /// Returns its statements, one a line, the first few of them.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let Some(sql) = &self.upgrade_sql else {
            return vec!["(stamped: nothing ran)".to_owned()];
        };
        let statements = rev_sql::split(sql).unwrap_or_default();
        let mut lines: Vec<String> = statements
            .iter()
            .take(TOLD)
            .map(|statement| rev_sql::summary(&statement.sql))
            .collect();
        if statements.len() > TOLD {
            lines.push(format!("… and {} more", statements.len() - TOLD));
        }
        lines
    }

    /// Whether a downgrade can start from here.
    #[must_use]
    pub fn has_way_back(&self) -> bool {
        self.parents.is_some() && self.upgrade_sql.is_some()
    }

    /// Its parents and what it depends on.
    pub(crate) fn stands_on(&self) -> impl Iterator<Item = &String> {
        self.parents.iter().flatten().chain(&self.depends_on)
    }

    /// The revision as the text of a file.
    fn text(&self) -> Result<String, EngineError> {
        let date = DateTime::parse_from_rfc3339(&self.applied_at)
            .map_or(DateTime::<Utc>::UNIX_EPOCH, |date| date.to_utc());
        let draft = Draft {
            header: Header {
                revision: self.revision.clone(),
                down_revision: self.parents.clone().unwrap_or_default(),
                message: self.message.clone(),
                create_date: date,
                branch_labels: self.branch_labels.clone(),
                depends_on: self.depends_on.clone(),
                irreversible: self.irreversible.clone(),
                replaces: Vec::new(),
            },
            upgrade: self.upgrade_sql.clone().unwrap_or_default(),
            downgrade: self.downgrade_sql.clone().unwrap_or_default(),
        };
        let mut text = rev_template::render(&draft, None)?;
        if self.downgrade_sql.is_none()
            && let Some(at) = text.rfind("\n-- rev:downgrade")
        {
            // No section is not the same as an empty one.
            text.truncate(at + 1);
        }
        Ok(text)
    }
}

/// Reads what the history table says of revisions.
pub(crate) async fn read(
    session: &mut Session,
    books: &Books,
    revisions: &[String],
) -> Result<Vec<StoredRevision>, EngineError> {
    if revisions.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = revisions.iter().map(|name| quote_literal(name)).collect();
    let query = format!(
        "{} WHERE revision IN ({}) AND {APPLIED} ORDER BY revision, upgrade_sql IS NULL, id DESC",
        select(
            books,
            "message, pg_catalog.to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), \
             COALESCE(NULLIF(actor, ''), db_user), host, tool_version, git_commit, upgrade_sql, downgrade_sql",
        ),
        names.join(", ")
    );
    let rows = rows(session, books, &query).await?;
    Ok(rows.iter().map(stored).collect())
}

/// Reads everything that is stored of unknown rows and of what they stand on, down to revisions that have files.
///
/// # Errors
/// A row or something below it has neither a file nor a stored way back.
pub(crate) async fn lineage(
    session: &mut Session,
    books: &Books,
    history: &History,
    unknown: &[String],
) -> Result<Vec<StoredRevision>, EngineError> {
    let query = format!(
        "{} WHERE {APPLIED} ORDER BY revision, upgrade_sql IS NULL, id DESC",
        select(books, "upgrade_sql IS NOT NULL")
    );
    // Where each stands comes first: texts are fetched of what is needed alone.
    let places: BTreeMap<String, (Option<Vec<String>>, Vec<String>)> = rows(session, books, &query)
        .await?
        .iter()
        .map(|row| {
            let parents = names(row, 1).filter(|_| row.is_true(5));
            (
                row.text(0).to_owned(),
                (parents, names(row, 2).unwrap_or_default()),
            )
        })
        .collect();
    let mut wanted = BTreeSet::new();
    let mut open = unknown.to_vec();
    while let Some(revision) = open.pop() {
        if history.graph.get(&revision).is_some() || !wanted.insert(revision.clone()) {
            continue;
        }
        let Some((Some(parents), depends_on)) = places.get(&revision) else {
            return Err(RunError::NothingStored { revision }.into());
        };
        open.extend(parents.iter().chain(depends_on).cloned());
    }
    read(session, books, &Vec::from_iter(wanted)).await
}

/// Takes the stored revisions behind unknown rows into a history.
///
/// # Errors
/// As [`lineage`].
pub(crate) async fn complete(
    session: &mut Session,
    books: &Books,
    history: &mut History,
    unknown: &[String],
) -> Result<(), EngineError> {
    let mut texts = Vec::new();
    for revision in lineage(session, books, history, unknown).await? {
        let shown = PathBuf::from(format!("rev_history/{}", revision.revision));
        texts.push((shown, revision.text()?));
    }
    history.take_in(texts)
}

/// The rows that no file knows.
pub(crate) fn unknown_rows(history: &History, rows: &[String]) -> Vec<String> {
    rows.iter()
        .filter(|row| history.graph.get(row).is_none())
        .cloned()
        .collect()
}

/// Puts what the history table says into the error about a row that no file knows. What cannot be read leaves the error
/// as it is.
pub(crate) async fn explain(
    session: &mut Session,
    books: &Books,
    error: EngineError,
) -> EngineError {
    let EngineError::Graph(GraphError::UnknownRow { row, near }) = error else {
        return error;
    };
    let found = read(session, books, std::slice::from_ref(&row)).await;
    match found.ok().and_then(|found| found.into_iter().next()) {
        Some(stored) => RunError::UnknownRow {
            row,
            stored: Box::new(stored),
        }
        .into(),
        None => GraphError::UnknownRow { row, near }.into(),
    }
}

/// Rows that say that a revision was brought to the database.
const APPLIED: &str = "action IN ('upgrade', 'stamp', 'repair') AND status = 'done'";

/// The beginning of a query. Columns that an older `rev` did not make are null.
fn select(books: &Books, columns: &str) -> String {
    let json = |name: &str| {
        format!("pg_catalog.to_jsonb(h) OPERATOR(pg_catalog.->>) '{name}' AS stored_{name}")
    };
    format!(
        "SELECT DISTINCT ON (revision) revision, {}, {}, {}, {}, {columns} FROM {} AS h",
        json("parents"),
        json("depends_on"),
        json("branch_labels"),
        json("irreversible"),
        books.quoted("rev_history")
    )
}

async fn rows(
    session: &mut Session,
    books: &Books,
    query: &str,
) -> Result<Vec<TextRow>, EngineError> {
    let rows = books.rows(session, query).await;
    rows.map_err(|error: SessionError| RunError::bookkeeping("read rev_history", error).into())
}

fn stored(row: &TextRow) -> StoredRevision {
    let owned = |column: usize| row.text(column).to_owned();
    let optional = |column: usize| row.get(column).map(str::to_owned);
    StoredRevision {
        revision: owned(0),
        parents: names(row, 1),
        depends_on: names(row, 2).unwrap_or_default(),
        branch_labels: names(row, 3).unwrap_or_default(),
        irreversible: optional(4),
        message: owned(5),
        applied_at: owned(6),
        by: owned(7),
        host: owned(8),
        tool_version: owned(9),
        git_commit: optional(10),
        upgrade_sql: optional(11),
        downgrade_sql: optional(12),
    }
}

fn names(row: &TextRow, column: usize) -> Option<Vec<String>> {
    serde_json::from_str(row.get(column)?).ok()
}
