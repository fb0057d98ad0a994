//! Running the sections of revision files in a scratch database: the statements of the real run, without its books.
//!
//! Locks, journals and version rows are the runner's business and tell nothing about a schema. What matters here is that
//! statements meet the same session settings and the same commit boundaries.

use std::path::{Path, PathBuf};

use crate::dev_database::refused_to;
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

/// Runs a section.
///
/// # Errors
/// It is no script, a statement fails, or the server is lost.
pub(crate) async fn run(
    session: &mut Session,
    section: Section<'_>,
    default_schema: &str,
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
    let path = format!("search_path = {}", rev_sql::quote_ident(default_schema));
    let mut group: Vec<&rev_sql::Statement> = Vec::new();
    for statement in &statements {
        let facts = rev_sql::facts(&statement.sql);
        if !applies(session, statement, &path, section).await? {
            continue;
        }
        if facts.refuses_transaction.is_some() {
            together(session, &group, &path, section).await?;
            group.clear();
            alone(session, statement, &path, section).await?;
            continue;
        }
        group.push(statement);
        // A new enum value can be used only after a commit. The real run cuts where it is used; here more
        // commits than needed do no harm.
        if facts.adds_enum_value.is_some() {
            together(session, &group, &path, section).await?;
            group.clear();
        }
    }
    together(session, &group, &path, section).await
}

/// Whether the statement's `rev:only-if` holds, if it has one.
async fn applies(
    session: &mut Session,
    statement: &rev_sql::Statement,
    path: &str,
    section: Section<'_>,
) -> Result<bool, EngineError> {
    for directive in &statement.directives {
        if let rev_sql::DirectiveKind::OnlyIf(query) = &directive.kind {
            let path = format!("SET {path}");
            let answers = session.send(&[&path, query]).await;
            let answers =
                answers.map_err(|error| failed(error, section, &[(query, statement.line)], 1))?;
            let row = answers.last().and_then(|answer| answer.rows.first());
            return Ok(row.is_some_and(|row| row.is_true(0)));
        }
    }
    Ok(true)
}

async fn alone(
    session: &mut Session,
    statement: &rev_sql::Statement,
    path: &str,
    section: Section<'_>,
) -> Result<(), EngineError> {
    session
        .execute(&format!("SET {path}"))
        .await
        .map_err(refused_to("set the search path"))?;
    match session.send_discarding(&[&statement.sql]).await {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(
            error,
            section,
            &[(&statement.sql, statement.line)],
            0,
        )),
    }
}

async fn together(
    session: &mut Session,
    group: &[&rev_sql::Statement],
    path: &str,
    section: Section<'_>,
) -> Result<(), EngineError> {
    if group.is_empty() {
        return Ok(());
    }
    let path = format!("SET LOCAL {path}");
    let start = ["BEGIN", &path, "SET LOCAL check_function_bodies = on"];
    let mut message: Vec<&str> = start.to_vec();
    message.extend(group.iter().map(|statement| statement.sql.as_str()));
    message.push("COMMIT");
    let Err(error) = session.send_discarding(&message).await else {
        return Ok(());
    };
    let texts: Vec<(&str, u32)> = group.iter().map(|s| (s.sql.as_str(), s.line)).collect();
    let error = failed(error, section, &texts, start.len());
    session
        .execute("ROLLBACK")
        .await
        .map_err(refused_to("end a rehearsal"))?;
    Err(error)
}

/// Names the statement that failed; `before` statements of the message are not the section's.
fn failed(
    error: SessionError,
    section: Section<'_>,
    statements: &[(&str, u32)],
    before: usize,
) -> EngineError {
    let SessionError::Refused { part, error } = error else {
        return refused_to("go on with a rehearsal")(error);
    };
    // A deferred constraint is the commit's failure: the last statement is as good a place as any.
    let at = part
        .saturating_sub(before)
        .min(statements.len().saturating_sub(1));
    let (sql, line) = statements.get(at).copied().unwrap_or(("", 1));
    let inside = error.line_in(sql).unwrap_or(1);
    RehearsalFailure {
        file: section.file.to_owned(),
        line: section.line + line + inside - 2,
        statement: rev_sql::summary(sql),
        fault: *error,
    }
    .into()
}
