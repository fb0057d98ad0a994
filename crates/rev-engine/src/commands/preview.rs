//! `--plan` on a live database: every statement with the locks it takes, what it loses, and how large its tables are.

use crate::commands::run::Opened;
use crate::error::EngineError;
use crate::history::History;
use crate::runner::script::{Direction, ScriptStatement, statements};
use rev_dag::{Action, Plan, RevisionId, Step};
use rev_sql::{Locks, Name, Relation, created_tables, quote_literal};
use std::collections::BTreeMap;

/// What one step would run.
#[derive(Debug, Clone)]
pub struct StepPreview {
    /// Its statements in order; none for a stamp, or where the file is gone.
    pub statements: Vec<StatementPreview>,
}

/// One statement that would run.
#[derive(Debug, Clone)]
pub struct StatementPreview {
    /// The line in the file.
    pub line: u32,
    /// The SQL.
    pub sql: String,
    /// Why it runs outside of a transaction, if it does.
    pub alone: Option<String>,
    /// Whether it runs in batches.
    pub batch: bool,
    /// What it locks; tables that the same revision makes are left out.
    pub locks: Locks,
    /// What is lost by it, in words.
    pub losses: Vec<String>,
    /// The tables it locks or changes that are there already.
    pub tables: Vec<TableSize>,
}

/// How large a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSize {
    /// The table as the statement writes it.
    pub name: String,
    /// Its rows as the server last counted them; none before the first ANALYZE.
    pub rows: Option<u64>,
    /// Its bytes on disk, indexes included.
    pub bytes: u64,
}

/// Looks at every statement of a plan.
///
/// # Errors
/// A script cannot be read or holds what no revision may, or the database does not answer.
pub async fn preview(opened: &mut Opened, plan: &Plan) -> Result<Vec<StepPreview>, EngineError> {
    let major = opened.session.version() / 10_000;
    let mut previews = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        previews.push(step_preview(&opened.history, step, major)?);
    }
    measure(opened, &mut previews).await?;
    Ok(previews)
}

fn step_preview(history: &History, step: &Step, major: u32) -> Result<StepPreview, EngineError> {
    let direction = match step.action {
        Action::Upgrade => Direction::Upgrade,
        Action::Downgrade => Direction::Downgrade,
        Action::Stamp | Action::Unstamp => {
            return Ok(StepPreview {
                statements: Vec::new(),
            });
        }
    };
    let mut new_tables = Vec::new();
    let statements = script(history, &step.revision, direction)?
        .into_iter()
        .map(|statement| {
            new_tables.extend(created_tables(&statement.sql));
            StatementPreview {
                line: statement.line,
                alone: statement
                    .refuses_transaction
                    .map(|refusal| refusal.to_string()),
                batch: statement.batch().is_some(),
                locks: rev_sql::locks(&statement.sql, major).without(&new_tables),
                losses: statement
                    .facts
                    .destructive
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                tables: Vec::new(),
                sql: statement.sql,
            }
        })
        .collect();
    Ok(StepPreview { statements })
}

fn script(
    history: &History,
    revision: &RevisionId,
    direction: Direction,
) -> Result<Vec<ScriptStatement>, EngineError> {
    // The database may know a revision whose file is gone; a run takes its downgrade from there.
    let Ok(entry) = history.file(revision) else {
        return Ok(Vec::new());
    };
    let body = history.body(revision)?;
    let section = match direction {
        Direction::Upgrade => Some(body.upgrade),
        Direction::Downgrade => body.downgrade,
    };
    Ok(match section {
        Some(section) => statements(&section.text, section.line, &entry.shown)?,
        None => Vec::new(),
    })
}

/// Asks for the sizes of all tables that are locked, in one query.
async fn measure(opened: &mut Opened, previews: &mut [StepPreview]) -> Result<(), EngineError> {
    let mut sizes: BTreeMap<String, Option<TableSize>> = BTreeMap::new();
    let locked = |statement: &StatementPreview| -> Vec<Name> {
        let relations = statement.locks.taken.iter().map(|lock| &lock.relation);
        relations
            .filter_map(|relation| match relation {
                Relation::Named(name) => Some(name.clone()),
                Relation::Unnamed(_) => None,
            })
            .collect()
    };
    for statement in previews.iter().flat_map(|step| &step.statements) {
        sizes.extend(
            locked(statement)
                .iter()
                .map(|name| (name.to_string(), None)),
        );
    }
    if sizes.is_empty() {
        return Ok(());
    }
    let default_schema = &opened.settings.default_schema;
    let values: Vec<String> = previews
        .iter()
        .flat_map(|step| &step.statements)
        .flat_map(&locked)
        .map(|name| {
            let schema = name
                .schema
                .clone()
                .unwrap_or_else(|| default_schema.clone());
            let full = Name {
                schema: Some(schema),
                name: name.name.clone(),
            };
            format!(
                "({}, {})",
                quote_literal(&name.to_string()),
                quote_literal(&full.to_string())
            )
        })
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    // A name without a size is a view, an index, or a table that an earlier step of the plan makes.
    let query = format!(
        "SELECT asked.name, pg_catalog.pg_total_relation_size(c.oid), c.reltuples::pg_catalog.int8 \
         FROM (VALUES {}) AS asked (name, full_name) \
         JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(asked.full_name) \
         WHERE c.relkind IN ('r', 'm', 'p', 't')",
        values.join(", ")
    );
    for row in opened.session.rows(&query).await? {
        let name = row.text(0).to_owned();
        // Before 14 a table that was never analyzed says 0, since then -1.
        let rows = row
            .number::<i64>(2)
            .and_then(|rows| u64::try_from(rows).ok());
        let size = TableSize {
            name: name.clone(),
            rows,
            bytes: row.number(1).unwrap_or(0),
        };
        sizes.insert(name, Some(size));
    }
    for statement in previews.iter_mut().flat_map(|step| &mut step.statements) {
        let names = locked(statement);
        statement.tables = names
            .iter()
            .filter_map(|name| sizes.get(&name.to_string())?.clone())
            .collect();
    }
    Ok(())
}
