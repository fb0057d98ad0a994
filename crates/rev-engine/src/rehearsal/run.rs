//! Running the sections of revision files in a scratch database: the statements of the real run, without its books.
//!
//! Locks, journals and version rows are the runner's business and tell nothing about a schema. What matters here is that
//! statements meet the same session settings and the same commit boundaries.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rev_sql::DirectiveKind;

use crate::dev_database::{Missing, ScratchDatabase, refused_to};
use crate::error::{DatabaseFault, EngineError, Place};
use crate::pg::{Session, SessionError};

/// A section of a revision file, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'a> {
    /// Its SQL.
    pub text: &'a str,
    /// The line it starts on.
    pub line: u32,
    /// Its file.
    pub file: &'a Path,
}

/// A statement that failed in a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}", Place::at(file, *line))]
pub struct RehearsalFailure {
    /// The revision's file.
    pub file: PathBuf,
    /// The line in it.
    pub line: u32,
    /// The statement in one line.
    pub statement: String,
    /// What the server said.
    pub fault: DatabaseFault,
}

/// What a section runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'a> {
    /// The schema whose names are written unqualified.
    pub schema: &'a str,
    /// Whether the server exists for this run alone.
    pub throw_away: bool,
}

impl ScratchDatabase {
    /// Returns the database as what a section runs on.
    pub(crate) fn ground<'a>(&self, schema: &'a str) -> Ground<'a> {
        Ground {
            schema,
            throw_away: self.is_throw_away(),
        }
    }
}

/// Runs a section.
///
/// # Errors
/// It is no script, a statement fails, or the server is lost.
pub(crate) async fn run(
    session: &mut Session,
    section: Section<'_>,
    ground: Ground<'_>,
) -> Result<(), EngineError> {
    let statements = rev_sql::split(section.text).map_err(|error| RehearsalFailure {
        file: section.file.to_owned(),
        line: section.line + error.line - 1,
        statement: String::new(),
        fault: DatabaseFault {
            message: error.message,
            hint: error.hint,
            ..DatabaseFault::default()
        },
    })?;
    let mut bench = Bench {
        session,
        section,
        ground,
        path: format!("search_path = {}", rev_sql::quote_ident(ground.schema)),
        known: BTreeSet::new(),
    };
    let mut group: Vec<(String, u32)> = Vec::new();
    for statement in &statements {
        let sql = as_one(statement);
        let facts = rev_sql::facts(&sql);
        if let Some(query) = condition(statement) {
            bench.together(&mut group).await?;
            if !bench.holds(query, statement.line).await? {
                continue;
            }
        }
        if facts.refuses_transaction.is_some() {
            bench.together(&mut group).await?;
            bench.alone((sql, statement.line)).await?;
            continue;
        }
        group.push((sql, statement.line));
        // A new enum value can be used only after a commit. The real run cuts where it is used; here more
        // commits than needed do no harm.
        if facts.adds_enum_value.is_some() {
            bench.together(&mut group).await?;
        }
    }
    bench.together(&mut group).await
}

/// The query of the statement's `rev:only-if`, if it has one.
fn condition(statement: &rev_sql::Statement) -> Option<&str> {
    statement
        .directives
        .iter()
        .find_map(|directive| match &directive.kind {
            DirectiveKind::OnlyIf(query) => Some(query.as_str()),
            _ => None,
        })
}

/// A batch as one statement: on the few rows of a rehearsal, ranges make no difference, but its condition does.
fn as_one(statement: &rev_sql::Statement) -> String {
    let condition = statement
        .directives
        .iter()
        .find_map(|directive| match &directive.kind {
            DirectiveKind::Batch(batch) => batch.condition.as_deref(),
            _ => None,
        });
    let has_where = statement
        .sql
        .to_ascii_uppercase()
        .split_whitespace()
        .any(|word| word == "WHERE");
    match condition {
        Some(condition) if !has_where => format!("{}\nWHERE {condition}", statement.sql),
        _ => statement.sql.clone(),
    }
}

struct Bench<'a> {
    session: &'a mut Session,
    section: Section<'a>,
    ground: Ground<'a>,
    path: String,
    /// Roles and tablespaces that were made here: what is missing once more after that is a real fault.
    known: BTreeSet<String>,
}

impl Bench<'_> {
    async fn holds(&mut self, query: &str, line: u32) -> Result<bool, EngineError> {
        let path = format!("SET {}", self.path);
        let answers = self.session.send(&[&path, query]).await;
        let answers =
            answers.map_err(|error| failed(error, self.section, &[(query.to_owned(), line)], 1))?;
        let row = answers.last().and_then(|answer| answer.rows.first());
        Ok(row.is_some_and(|row| row.is_true(0)))
    }

    async fn alone(&mut self, statement: (String, u32)) -> Result<(), EngineError> {
        let path = format!("SET {}", self.path);
        loop {
            self.session
                .execute(&path)
                .await
                .map_err(refused_to("set the search path"))?;
            let Err(error) = self.session.send_discarding(&[&statement.0]).await else {
                return Ok(());
            };
            if !self.heal(&error).await? {
                return Err(failed(error, self.section, &[statement], 0));
            }
        }
    }

    async fn together(&mut self, group: &mut Vec<(String, u32)>) -> Result<(), EngineError> {
        let group = std::mem::take(group);
        if group.is_empty() {
            return Ok(());
        }
        let path = format!("SET LOCAL {}", self.path);
        let start = ["BEGIN", &path, "SET LOCAL check_function_bodies = on"];
        let mut message: Vec<&str> = start.to_vec();
        message.extend(group.iter().map(|(sql, _)| sql.as_str()));
        message.push("COMMIT");
        loop {
            let Err(error) = self.session.send_discarding(&message).await else {
                return Ok(());
            };
            if error.server().is_some() {
                self.session
                    .execute("ROLLBACK")
                    .await
                    .map_err(refused_to("end a rehearsal"))?;
                if self.heal(&error).await? {
                    continue;
                }
            }
            return Err(failed(error, self.section, &group, start.len()));
        }
    }

    /// Makes a role or tablespace that a revision names and that a server of ours cannot have; true when it is worth
    /// trying again.
    async fn heal(&mut self, error: &SessionError) -> Result<bool, EngineError> {
        let Some(fault) = error.server() else {
            return Ok(false);
        };
        let Some(missing) = Missing::of(fault) else {
            return Ok(false);
        };
        if !self.known.insert(format!("{missing:?}")) {
            return Ok(false);
        }
        missing.make(self.session, self.ground.throw_away).await
    }
}

/// Names the statement that failed; `before` statements of the message are not the section's.
fn failed(
    error: SessionError,
    section: Section<'_>,
    statements: &[(String, u32)],
    before: usize,
) -> EngineError {
    let SessionError::Refused { part, error } = error else {
        return refused_to("go on with a rehearsal")(error);
    };
    // A deferred constraint is the commit's failure: the last statement is as good a place as any.
    let at = part
        .saturating_sub(before)
        .min(statements.len().saturating_sub(1));
    let (sql, line) = statements
        .get(at)
        .map_or(("", 1), |(sql, line)| (sql.as_str(), *line));
    let inside = error.line_in(sql).unwrap_or(1);
    RehearsalFailure {
        file: section.file.to_owned(),
        line: section.line + line + inside - 2,
        statement: rev_sql::summary(sql),
        fault: *error,
    }
    .into()
}
