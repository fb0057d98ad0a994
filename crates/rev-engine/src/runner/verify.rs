//! Looking into the catalogue: is what a statement outside of a transaction should leave really there?
//!
//! Success reported is not success there (CREATE INDEX CONCURRENTLY IF NOT EXISTS over an INVALID index), and a runner
//! that died may have left its backend at work, a finished object, or half of one.

use super::execute::{Note, Worker};
use super::script::ScriptStatement;
use super::watch::label;
use crate::events::Event;
use crate::pg::{Session, SessionError};
use rev_sql::{IndexAction, Refusal, quote_ident, quote_literal};
use std::time::{Duration, Instant};

/// What a look after a crash finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing is left of it, or it does no harm to run it again.
    Absent,
    /// It is there.
    Done,
    /// It is half there, and this statement finishes it.
    Instead(String),
}

/// How an index stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Index {
    /// Its name as SQL, qualified.
    name: String,
    valid: bool,
    /// Somebody works on it at this moment.
    busy: bool,
}

/// Looks what became of a statement whose runner died. Waits while the dead runner's backend is still at it.
pub(super) async fn after_crash(
    worker: &mut Worker<'_>,
    statement: &ScriptStatement,
    note: &Note,
) -> Result<Finding, SessionError> {
    wait_for_orphan(worker, statement).await?;
    let session = &mut worker.session;
    let gone_or_there = |done: bool| if done { Finding::Done } else { Finding::Absent };
    match statement.facts.refuses_transaction {
        Some(Refusal::CreateIndexConcurrently) => {
            let found = indexes(session, statement, note.last_key.as_deref()).await?;
            if let Some(index) = found.first() {
                if index.valid {
                    return Ok(Finding::Done);
                }
                drop_index(worker, index).await?;
            }
            Ok(Finding::Absent)
        }
        Some(Refusal::DropIndexConcurrently) => Ok(gone_or_there(
            still_there(session, statement).await?.is_empty(),
        )),
        Some(Refusal::ReindexConcurrently) => {
            drop_leftovers(worker).await?;
            Ok(Finding::Absent)
        }
        Some(Refusal::DetachConcurrently) => detached(session, statement).await,
        Some(Refusal::Database | Refusal::Tablespace | Refusal::Subscription) => {
            match object_exists(session, statement).await? {
                Some(exists) => Ok(gone_or_there(
                    exists == statement.facts.verb.starts_with("CREATE"),
                )),
                None => Ok(Finding::Absent),
            }
        }
        // VACUUM, ALTER SYSTEM, CLUSTER, a procedure that commits …: run it again.
        _ => Ok(Finding::Absent),
    }
}

/// Removes the INVALID index that stands where this statement will put one, unless somebody is building it.
pub(super) async fn clear_invalid(
    worker: &mut Worker<'_>,
    statement: &ScriptStatement,
    note: Option<&Note>,
) -> Result<(), SessionError> {
    match statement.facts.refuses_transaction {
        Some(Refusal::CreateIndexConcurrently) => {
            let before = note.and_then(|note| note.last_key.as_deref());
            for index in indexes(&mut worker.session, statement, before).await? {
                if !index.valid && !index.busy {
                    drop_index(worker, &index).await?;
                }
            }
            Ok(())
        }
        Some(Refusal::ReindexConcurrently) => drop_leftovers(worker).await,
        _ => Ok(()),
    }
}

/// Says what is missing after a statement that reported success, if anything is.
pub(super) async fn missing(
    session: &mut Session,
    statement: &ScriptStatement,
) -> Result<Option<String>, SessionError> {
    match statement.facts.refuses_transaction {
        Some(Refusal::CreateIndexConcurrently) if named(statement) => {
            let found = indexes(session, statement, None).await?;
            Ok(match found.first() {
                None => {
                    Some("the index is not there although the server reported success".to_owned())
                }
                Some(index) if !index.valid => Some(format!("the index {} is INVALID", index.name)),
                Some(_) => None,
            })
        }
        Some(Refusal::DropIndexConcurrently) => {
            let left = still_there(session, statement).await?;
            Ok((!left.is_empty()).then(|| format!("{} is still there", left.join(", "))))
        }
        Some(Refusal::DetachConcurrently) => Ok((detached(session, statement).await?
            != Finding::Done)
            .then(|| "the partition is still attached".to_owned())),
        _ => Ok(None),
    }
}

/// The table's indexes before one without a name is created: what is new afterwards is the one.
pub(super) async fn indexes_before(
    session: &mut Session,
    statement: &ScriptStatement,
) -> Result<Option<String>, SessionError> {
    if statement.facts.refuses_transaction != Some(Refusal::CreateIndexConcurrently)
        || named(statement)
    {
        return Ok(None);
    }
    let Some(table) = index_table(statement) else {
        return Ok(None);
    };
    let rows = session
        .rows(&format!(
            "SELECT pg_catalog.string_agg(indexrelid::pg_catalog.text, ',') FROM pg_catalog.pg_index \
             WHERE indrelid = pg_catalog.to_regclass({})",
            quote_literal(&table)
        ))
        .await?;
    Ok(Some(rows.first().map_or("", |row| row.text(0)).to_owned()))
}

fn named(statement: &ScriptStatement) -> bool {
    let index = statement.facts.concurrent_index.as_ref();
    index.is_some_and(|index| index.name.is_some())
}

fn index_table(statement: &ScriptStatement) -> Option<String> {
    let index = statement.facts.concurrent_index.as_ref()?;
    index.table.as_ref().map(ToString::to_string)
}

/// The index that a CREATE INDEX CONCURRENTLY makes: by its name, or else whatever its table did not have before.
async fn indexes(
    session: &mut Session,
    statement: &ScriptStatement,
    before: Option<&str>,
) -> Result<Vec<Index>, SessionError> {
    let concurrent = statement.facts.concurrent_index.as_ref();
    let Some(concurrent) = concurrent.filter(|index| index.action == IndexAction::Create) else {
        return Ok(Vec::new());
    };
    let condition = match (concurrent.qualified_name(), &concurrent.table, before) {
        (Some(name), _, _) => format!(
            "i.indexrelid = pg_catalog.to_regclass({})",
            quote_literal(&name.to_string())
        ),
        (None, Some(table), Some(before)) => format!(
            "i.indrelid = pg_catalog.to_regclass({}) AND NOT i.indexrelid::pg_catalog.text = ANY (pg_catalog.string_to_array({}, ','))",
            quote_literal(&table.to_string()),
            quote_literal(before)
        ),
        _ => return Ok(Vec::new()),
    };
    let rows = session
        .rows(&format!(
            "SELECT n.nspname, c.relname, i.indisvalid AND i.indisready, \
             EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid AND p.pid <> pg_catalog.pg_backend_pid()) \
             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {condition}"
        ))
        .await?;
    Ok(rows
        .iter()
        .map(|row| Index {
            name: format!("{}.{}", quote_ident(row.text(0)), quote_ident(row.text(1))),
            valid: row.is_true(2),
            busy: row.is_true(3),
        })
        .collect())
}

async fn drop_index(worker: &mut Worker<'_>, index: &Index) -> Result<(), SessionError> {
    (worker.events)(Event::Note {
        message: format!(
            "{} was left INVALID by an earlier attempt; it is dropped and built again",
            index.name
        ),
    });
    let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.name);
    worker.session.execute(&sql).await.map(|_| ())
}

/// What an interrupted REINDEX CONCURRENTLY leaves: INVALID copies that nobody reads and every write maintains.
async fn drop_leftovers(worker: &mut Worker<'_>) -> Result<(), SessionError> {
    let rows = worker
        .session
        .rows(
            "SELECT n.nspname, c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND n.nspname <> 'pg_toast' \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.relid = i.indrelid AND p.pid <> pg_catalog.pg_backend_pid())",
        )
        .await?;
    for row in rows {
        let index = Index {
            name: format!("{}.{}", quote_ident(row.text(0)), quote_ident(row.text(1))),
            valid: false,
            busy: false,
        };
        drop_index(worker, &index).await?;
    }
    Ok(())
}

/// Which of the indexes that a DROP INDEX names are still there.
async fn still_there(
    session: &mut Session,
    statement: &ScriptStatement,
) -> Result<Vec<String>, SessionError> {
    let Some(name) = statement
        .facts
        .concurrent_index
        .as_ref()
        .and_then(|index| index.name.as_ref())
    else {
        return Ok(Vec::new());
    };
    let rows = session
        .rows(&format!(
            "SELECT pg_catalog.to_regclass({}) IS NOT NULL",
            quote_literal(&name.to_string())
        ))
        .await?;
    let there = rows.first().is_some_and(|row| row.is_true(0));
    Ok(there.then(|| name.to_string()).into_iter().collect())
}

/// How far a DETACH PARTITION CONCURRENTLY is: it commits half way, and FINALIZE does the rest.
async fn detached(
    session: &mut Session,
    statement: &ScriptStatement,
) -> Result<Finding, SessionError> {
    let Some((parent, child)) = partition_names(&statement.sql) else {
        return Ok(Finding::Absent);
    };
    let rows = session
        .rows(&format!(
            "SELECT inhdetachpending FROM pg_catalog.pg_inherits \
             WHERE inhparent = pg_catalog.to_regclass({}) AND inhrelid = pg_catalog.to_regclass({})",
            quote_literal(&parent),
            quote_literal(&child)
        ))
        .await?;
    Ok(match rows.first() {
        None => Finding::Done,
        Some(row) if row.is_true(0) => Finding::Instead(format!(
            "ALTER TABLE {parent} DETACH PARTITION {child} FINALIZE"
        )),
        Some(_) => Finding::Absent,
    })
}

/// Parent and child of `ALTER TABLE [IF EXISTS] [ONLY] parent DETACH PARTITION child CONCURRENTLY`, as written.
fn partition_names(sql: &str) -> Option<(String, String)> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let find = |word: &str| {
        words
            .iter()
            .position(|other| other.eq_ignore_ascii_case(word))
    };
    let detach = find("detach")?;
    let parent = words.get(detach.checked_sub(1)?)?;
    let child = words.get(detach + 2)?;
    Some(((*parent).to_owned(), (*child).to_owned()))
}

/// Whether the database, tablespace or subscription that a statement makes or drops is there.
async fn object_exists(
    session: &mut Session,
    statement: &ScriptStatement,
) -> Result<Option<bool>, SessionError> {
    let Some(name) = statement.facts.targets.first() else {
        return Ok(None);
    };
    let (catalog, column) = match statement.facts.object {
        Some("database") => ("pg_database", "datname"),
        Some("tablespace") => ("pg_tablespace", "spcname"),
        Some("subscription") => ("pg_subscription", "subname"),
        _ => return Ok(None),
    };
    if !statement.facts.verb.starts_with("CREATE") && !statement.facts.verb.starts_with("DROP") {
        return Ok(None);
    }
    let rows = session
        .rows(&format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.{catalog} WHERE {column} = {})",
            quote_literal(&name.name)
        ))
        .await?;
    Ok(rows.first().map(|row| row.is_true(0)))
}

/// Waits while a backend whose client is dead still runs this very statement.
async fn wait_for_orphan(
    worker: &mut Worker<'_>,
    statement: &ScriptStatement,
) -> Result<(), SessionError> {
    let query = format!(
        "SELECT pid, pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - query_start) FROM pg_catalog.pg_stat_activity \
         WHERE datname = pg_catalog.current_database() AND state = 'active' AND pid <> pg_catalog.pg_backend_pid() \
         AND application_name LIKE 'rev run %' AND pg_catalog.left(query, 200) = pg_catalog.left({}, 200)",
        quote_literal(&statement.sql)
    );
    let started = Instant::now();
    loop {
        let rows = worker.session.rows(&query).await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        if worker.interrupt.signal().is_some() {
            return Ok(());
        }
        (worker.events)(Event::Waiting {
            what: format!(
                "pid {} of an earlier run, which is still busy with {} for {}",
                row.text(0),
                label("it", &statement.sql),
                row.text(1)
            ),
            waited: started.elapsed(),
        });
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}
