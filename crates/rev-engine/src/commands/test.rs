//! `test`: every revision up, down, and up again on the dev database.
//!
//! Catalogue and rows must come back. Rows are those that the history itself puts in, and those of seed files.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rev_dag::RevisionId;
use rev_schema::Catalog;

use crate::catalog;
use crate::dev_database::refused_to;
use crate::error::EngineError;
use crate::events::EventSink;
use crate::history::History;
use crate::models::Models;
use crate::pg::Session;
use crate::project::Project;
use crate::rehearsal::{Ground, Rehearsal, Section, differences, order, run, upgrade};

/// What is tested.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// The revisions to test; empty for all. Those before them are only applied.
    pub revisions: Vec<String>,
    /// A file with rows, run as soon as it can be: after the first revision that lets it.
    pub seed: Option<std::path::PathBuf>,
}

/// How one revision fared.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// Which.
    pub revision: RevisionId,
    /// The first line of its message.
    pub message: String,
    /// What happened.
    pub outcome: TestOutcome,
    /// How long it took.
    pub duration: Duration,
}

/// What happened to a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    /// Up, down and up again, and everything was where it should be.
    Passed,
    /// Applied without a way back, as its header says.
    Irreversible(String),
    /// Something failed or did not come back, in sentences.
    Failed(Vec<String>),
}

/// Tests revisions.
///
/// # Errors
/// The history is unsound, or there is no place for a rehearsal. A revision that fails is a result.
pub async fn test(
    project: &Project,
    options: &TestOptions,
    events: EventSink<'_>,
) -> Result<Vec<TestResult>, EngineError> {
    let history = History::read_or_empty(project)?;
    let mut chosen: Vec<RevisionId> = Vec::new();
    for asked in &options.revisions {
        chosen.extend(history.graph.resolve_revisions(asked)?);
    }
    let mut rehearsal = Rehearsal::new(project, events)?;
    rehearsal.ask_for_major().await;
    let outcome = all(&history, &chosen, options, &mut rehearsal).await;
    rehearsal.close().await;
    outcome
}

async fn all(
    history: &History,
    chosen: &[RevisionId],
    options: &TestOptions,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<Vec<TestResult>, EngineError> {
    let mut seed = match &options.seed {
        Some(path) => Models::of_files([path.as_path()])?.scripts.pop(),
        None => None,
    };
    let revisions = order(history, &["heads".to_owned()])?;
    let database = rehearsal.scratch().await?;
    let mut session = database.connect().await?;
    let scope = rehearsal.scope().clone();
    let mut bench = Bench {
        history,
        scope: &scope,
        session: &mut session,
        ground: database.ground(&scope.default_schema),
    };
    let mut results = Vec::new();
    for revision in &revisions {
        if chosen.is_empty() || chosen.contains(revision) {
            let started = Instant::now();
            let outcome = bench.up_down_up(revision).await?;
            let broken = matches!(&outcome, TestOutcome::Failed(_));
            results.push(TestResult {
                message: history
                    .file(revision)?
                    .header
                    .message
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                revision: revision.clone(),
                outcome,
                duration: started.elapsed(),
            });
            if broken {
                // What stands now is nobody's state: the revisions after it would be tested against rubble.
                break;
            }
        } else {
            upgrade(history, revision, bench.session, bench.ground).await?;
        }
        if let Some(script) = &seed
            && bench.try_seed(&script.text).await?
        {
            seed = None;
        }
    }
    session.close().await;
    Ok(results)
}

struct Bench<'a> {
    history: &'a History,
    scope: &'a rev_schema::Scope,
    session: &'a mut Session,
    ground: Ground<'a>,
}

/// A database at one moment: its catalogue, and a digest of the rows of each table that has any.
struct Moment {
    catalog: Catalog,
    rows: BTreeMap<String, String>,
}

impl Bench<'_> {
    async fn up_down_up(&mut self, revision: &RevisionId) -> Result<TestOutcome, EngineError> {
        let before = self.look().await?;
        let body = self.history.body(revision)?;
        let file = self.history.file(revision)?.shown.clone();
        let up = Section {
            text: &body.upgrade.text,
            line: body.upgrade.line,
            file: &file,
        };
        if let Some(fault) = failure(run(self.session, up, self.ground).await)? {
            return Ok(TestOutcome::Failed(vec![format!("upgrade: {fault}")]));
        }
        if let Some(why) = &body.header.irreversible {
            return Ok(TestOutcome::Irreversible(why.clone()));
        }
        let Some(section) = &body.downgrade else {
            let merge = body.header.down_revision.len() > 1 && body.upgrade.text.trim().is_empty();
            return Ok(if merge {
                TestOutcome::Passed
            } else {
                TestOutcome::Failed(vec![format!(
                    "{}: there is no downgrade section",
                    file.display()
                )])
            });
        };
        let after = self.look().await?;
        let down = Section {
            text: &section.text,
            line: section.line,
            file: &file,
        };
        if let Some(fault) = failure(run(self.session, down, self.ground).await)? {
            return Ok(TestOutcome::Failed(vec![format!("downgrade: {fault}")]));
        }
        let mut faults = before.missed_by(&self.look().await?, "after the downgrade");
        if faults.is_empty() {
            if let Some(fault) = failure(run(self.session, up, self.ground).await)? {
                return Ok(TestOutcome::Failed(vec![format!(
                    "the second upgrade: {fault}"
                )]));
            }
            let again = self.look().await?;
            faults = differences(&again.catalog, &after.catalog)
                .into_iter()
                .map(|name| format!("after the second upgrade: {name} is not as after the first"))
                .collect();
        }
        Ok(if faults.is_empty() {
            TestOutcome::Passed
        } else {
            TestOutcome::Failed(faults)
        })
    }

    async fn look(&mut self) -> Result<Moment, EngineError> {
        let catalog = catalog::read(self.session, self.scope).await?;
        let tables = "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) \
                      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                      WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1";
        let read = refused_to("read the rows");
        let mut rows = BTreeMap::new();
        for table in self.session.rows(tables).await.map_err(&read)? {
            let table = table.text(0);
            let digest = format!(
                "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {table} t HAVING count(*) > 0"
            );
            if let Some(row) = self.session.rows(&digest).await.map_err(&read)?.first() {
                rows.insert(
                    table.to_owned(),
                    format!("{} rows {}", row.text(0), row.text(1)),
                );
            }
        }
        Ok(Moment { catalog, rows })
    }

    /// Runs the seed; false when it does not run yet, and then nothing of it stays.
    async fn try_seed(&mut self, text: &str) -> Result<bool, EngineError> {
        let path = format!(
            "SET LOCAL search_path = {}",
            rev_sql::quote_ident(&self.scope.default_schema)
        );
        match self
            .session
            .send_discarding(&["BEGIN", &path, text, "COMMIT"])
            .await
        {
            Ok(_) => Ok(true),
            Err(error) if error.server().is_some() => {
                self.session
                    .execute("ROLLBACK")
                    .await
                    .map_err(refused_to("go on without the seed"))?;
                Ok(false)
            }
            Err(lost) => Err(refused_to("run the seed")(lost)),
        }
    }
}

impl Moment {
    fn missed_by(&self, now: &Moment, when: &str) -> Vec<String> {
        let mut faults: Vec<String> = differences(&now.catalog, &self.catalog)
            .into_iter()
            .map(|name| format!("{when}: {name} is not as it was"))
            .collect();
        for (table, rows) in &self.rows {
            if now.rows.get(table) != Some(rows) {
                faults.push(format!(
                    "{when}: the rows of {table} are not those that it had"
                ));
            }
        }
        faults
    }
}

/// A statement that fails is a result; a server that is lost is not.
fn failure(outcome: Result<(), EngineError>) -> Result<Option<String>, EngineError> {
    match outcome {
        Ok(()) => Ok(None),
        Err(EngineError::Rehearsal(failure)) => Ok(Some(failure.to_string())),
        Err(other) => Err(other),
    }
}
