//! How a check asks: each query alone in a read-only transaction, refusals kept apart from a broken connection.

use super::{Finding, Severity, Unchecked, ValidateOptions};
use crate::error::DatabaseFault;
use crate::pg::{Session, SessionError, TextRow};
use rev_sql::{quote_ident, quote_literal};

/// What the server said instead of an answer.
pub(super) type Refusal = Box<DatabaseFault>;

/// Settings of every query's transaction.
///
/// - `row_security`: a policy would hide rows and make a broken table look sound; off, the server refuses instead.
/// - `constraint_exclusion`: the planner must not believe the very constraint that is being tested.
/// - the lock timeout: a report never queues behind a schema change, with the readers behind it.
const SETTINGS: &[&str] = &[
    "SET LOCAL row_security = off",
    "SET LOCAL constraint_exclusion = off",
    "SET LOCAL lock_timeout = '5s'",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL check_function_bodies = on",
    "SET LOCAL client_min_messages = error",
];

/// Settings that leave only the table to read.
const NO_INDEX: [&str; 3] = [
    "SET LOCAL enable_indexscan = off",
    "SET LOCAL enable_indexonlyscan = off",
    "SET LOCAL enable_bitmapscan = off",
];

/// One check's view of the database, and what it has found so far.
pub(crate) struct Probe<'a> {
    session: &'a mut Session,
    options: &'a ValidateOptions,
    check: &'static str,
    findings: Vec<Finding>,
    unchecked: Vec<Unchecked>,
    examined: usize,
}

impl<'a> Probe<'a> {
    pub fn new(
        session: &'a mut Session,
        options: &'a ValidateOptions,
        check: &'static str,
    ) -> Self {
        Probe {
            session,
            options,
            check,
            findings: Vec::new(),
            unchecked: Vec::new(),
            examined: 0,
        }
    }

    pub fn into_parts(self) -> (Vec<Finding>, Vec<Unchecked>, usize) {
        (self.findings, self.unchecked, self.examined)
    }

    /// `server_version_num / 10000`.
    pub fn major(&self) -> u32 {
        self.session.version() / 10_000
    }

    /// Returns the condition that a schema (an alias of `pg_namespace`) is to be looked at.
    pub fn in_scope(&self, alias: &str) -> String {
        match &self.options.schemas {
            Some(schemas) => {
                let names: Vec<_> = schemas.iter().map(|name| quote_literal(name)).collect();
                format!("{alias}.nspname IN ({})", names.join(", "))
            }
            None => {
                format!("({alias}.nspname !~ '^pg_' AND {alias}.nspname <> 'information_schema')")
            }
        }
    }

    /// Returns whether the report is about the whole database, system catalogues included.
    pub fn is_whole_database(&self) -> bool {
        self.options.schemas.is_none()
    }

    /// Asks the catalogue. Names need no qualification: `pg_catalog` is the search path.
    pub async fn catalogue(&mut self, query: &str) -> Result<Vec<TextRow>, SessionError> {
        self.ask(&["SET LOCAL search_path = pg_catalog, pg_temp"], query)
            .await
    }

    /// Asks something that involves the user's own expressions, under the user's search path: a function in a
    /// constraint may rely on it. Names of ours must be qualified.
    pub async fn ask_as_user(
        &mut self,
        query: &str,
    ) -> Result<Result<Vec<TextRow>, Refusal>, SessionError> {
        let path = self.user_path();
        sorted(self.ask(&[&path], query).await)
    }

    fn user_path(&self) -> String {
        match &self.options.search_path {
            Some(schemas) => {
                let names: Vec<_> = schemas.iter().map(|name| quote_ident(name)).collect();
                format!("SET LOCAL search_path = {}", names.join(", "))
            }
            None => String::new(),
        }
    }

    /// As [`Probe::ask_as_user`], with a search path of its own, in SQL.
    pub async fn ask_with_path(
        &mut self,
        path: &str,
        query: &str,
    ) -> Result<Result<Vec<TextRow>, Refusal>, SessionError> {
        sorted(
            self.ask(&[&format!("SET LOCAL search_path = {path}")], query)
                .await,
        )
    }

    /// As [`Probe::ask_as_user`], without the indexes: for a query that is to test them.
    pub async fn ask_the_table(
        &mut self,
        query: &str,
    ) -> Result<Result<Vec<TextRow>, Refusal>, SessionError> {
        let path = self.user_path();
        let [one, two, three] = NO_INDEX;
        sorted(self.ask(&[one, two, three, &path], query).await)
    }

    /// As [`Probe::ask_as_user`]; a refusal is noted as something not looked at, and gives none.
    pub async fn ask_or_note(
        &mut self,
        object: &str,
        query: &str,
    ) -> Result<Option<Vec<TextRow>>, SessionError> {
        match self.ask_as_user(query).await? {
            Ok(rows) => Ok(Some(rows)),
            Err(refusal) => {
                self.not_looked_at(object, refusal.to_string());
                Ok(None)
            }
        }
    }

    async fn ask(&mut self, settings: &[&str], query: &str) -> Result<Vec<TextRow>, SessionError> {
        let mut parts = vec!["BEGIN TRANSACTION READ ONLY"];
        // An empty part would be an empty query, which has no answer of its own.
        // So that a query ends soon after a report that was broken off.
        let watched = "SET LOCAL client_connection_check_interval = '500ms'";
        let watched = if self.major() >= 14 { watched } else { "" };
        let all = SETTINGS.iter().chain([&watched]).chain(settings);
        parts.extend(all.filter(|setting| !setting.is_empty()));
        let number = parts.len();
        parts.extend([query, "COMMIT"]);
        match self.session.send(&parts).await {
            Ok(mut answers) if answers.len() > number => Ok(answers.swap_remove(number).rows),
            Ok(_) => Ok(Vec::new()),
            Err(refused @ SessionError::Refused { .. }) => {
                self.session.execute("ROLLBACK").await?;
                Err(refused)
            }
            Err(lost) => Err(lost),
        }
    }

    /// Counts objects that were looked at.
    pub fn examined(&mut self, number: usize) {
        self.examined += number;
    }

    /// Notes that something was not looked at; an empty object is the check as a whole.
    pub fn not_looked_at(&mut self, object: &str, reason: impl Into<String>) {
        self.unchecked.push(Unchecked {
            check: self.check,
            object: object.to_owned(),
            reason: reason.into(),
        });
    }

    /// Adds a finding; the result takes what else is known.
    pub fn found(
        &mut self,
        severity: Severity,
        object: impl Into<String>,
        message: impl Into<String>,
    ) -> FoundFinding<'_> {
        self.findings.push(Finding {
            check: self.check,
            severity,
            object: object.into(),
            message: message.into(),
            count: None,
            hint: None,
        });
        let last = self.findings.len() - 1;
        FoundFinding(&mut self.findings[last])
    }

    /// Returns `TABLESAMPLE …` for a table of this estimated size, or nothing where it is to be read whole.
    pub fn sample(&self, estimated_rows: f64) -> String {
        match self.options.sample {
            Some(wanted) if self.is_large(estimated_rows) => format!(
                " TABLESAMPLE SYSTEM ({:.6})",
                (wanted as f64 / estimated_rows * 100.0).clamp(0.000_1, 100.0)
            ),
            _ => String::new(),
        }
    }

    /// Returns whether a table of this estimated size is to be looked at in samples only.
    pub fn is_large(&self, estimated_rows: f64) -> bool {
        self.options
            .sample
            .is_some_and(|wanted| estimated_rows > wanted as f64)
    }
}

/// A finding just added.
pub(crate) struct FoundFinding<'a>(&'a mut Finding);

impl FoundFinding<'_> {
    /// Sets the number of rows.
    pub fn count(self, count: u64) -> Self {
        self.0.count = Some(count);
        self
    }

    /// Sets what would mend it.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }
}

fn sorted(
    outcome: Result<Vec<TextRow>, SessionError>,
) -> Result<Result<Vec<TextRow>, Refusal>, SessionError> {
    match outcome {
        Ok(rows) => Ok(Ok(rows)),
        Err(SessionError::Refused { error, .. }) => Ok(Err(error)),
        Err(lost) => Err(lost),
    }
}

/// The role lacks a right: nothing is known about the object.
pub(crate) fn is_denied(refusal: &DatabaseFault) -> bool {
    refusal.sqlstate == "42501"
}

/// "3 rows", "1 row".
pub(crate) fn rows_in_words(count: u64) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    }
}

/// ", for example (7)", where there is an example.
pub(crate) fn example(text: Option<&str>) -> String {
    text.map(|text| format!(", for example {}", shortened(text)))
        .unwrap_or_default()
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}…")
}

/// The estimated number of rows of a relation (an alias of `pg_class`), its partitions included; -1 before the first
/// ANALYZE, so a table without statistics is estimated by its size.
pub(crate) fn estimate(alias: &str) -> String {
    format!(
        "(SELECT coalesce(sum(CASE WHEN leaf.reltuples >= 0 THEN leaf.reltuples::float8 \
         ELSE pg_relation_size(leaf.oid) / 100.0 END), 0) \
         FROM pg_class leaf WHERE leaf.relkind IN ('r', 'm') AND (leaf.oid = {alias}.oid \
         OR ({alias}.relkind = 'p' AND leaf.oid IN (SELECT relid FROM pg_partition_tree({alias}.oid)))))"
    )
}
