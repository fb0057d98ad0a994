//! Taking a backup.

use super::client::Client;
use super::error::BackupError;
use super::manifest::{FORMAT, Manifest, TableDigest};
use super::store::{Backup, Store};
use super::{digest, properties, space, verify};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::files;
use crate::pg::{Books, ConnectOptions, Session, TextRow, connect};
use crate::ports::Clock;
use crate::runner::RunError;
use std::path::Path;

/// What is backed up, and how.
#[derive(Debug, Clone, Default)]
pub struct CreateOptions {
    /// Only the schema, no rows.
    pub schema_only: bool,
    /// Leave out counting and hashing every table's rows.
    pub no_digests: bool,
    /// A note that ends in the manifest.
    pub note: Option<String>,
}

/// Dumps at most this small a part of a table's size; compressed rows usually take a quarter.
const LEAST_SHARE: u64 = 8;

/// Takes a backup of a database. The dump is read through once it is written.
///
/// # Errors
/// No fitting pg_dump, no room, no right to read something, or the connection broke. No file stays then.
pub async fn create(
    options: &ConnectOptions,
    books: &Books,
    store: &Store,
    what: &CreateOptions,
    clock: &dyn Clock,
    events: EventSink<'_>,
) -> Result<Backup, EngineError> {
    let mut session = connect(options).await.map_err(RunError::from)?;
    let client = Client::find(session.version() / 10_000).await?;
    let doing = |error| RunError::bookkeeping("read what there is to back up", error);
    let facts = facts(&mut session).await.map_err(doing)?;
    let directory = store.directory();
    make_private(directory)?;
    check_space(directory, facts.table_bytes, what, events)?;

    let started_at = clock.now();
    let snapshot = begin(&mut session).await.map_err(doing)?;
    let lsn = facts.lsn(&mut session).await;
    let revisions = revisions(&mut session, books).await.map_err(doing)?;
    let creation = properties::creation(&mut session).await.map_err(doing)?;
    let properties = properties::properties(&mut session).await.map_err(doing)?;
    let roles = roles(&mut session).await.map_err(doing)?;

    events(Event::Note {
        message: format!("backing up {}", session.place()),
    });
    let partial = partial_file(directory)?;
    let dumping = dump(
        &client,
        options,
        what,
        &snapshot,
        &partial,
        books.role.as_deref(),
    );
    let reading = read_rows(&mut session, what);
    // Both read the same snapshot, so both may take as long as they like, at once.
    let ((), tables) = tokio::try_join!(dumping, reading)?;
    session.close().await;
    verify::read_through(&client, &partial).await?;

    let name = free_name(store, &facts.database, started_at);
    let (size, sha256) = verify::size_and_hash(&partial).await?;
    let manifest = Manifest {
        format: FORMAT,
        name,
        database: facts.database,
        server_version: facts.version,
        system_identifier: facts.system_identifier,
        lsn,
        version_table: books.quoted(&books.version_table),
        revisions,
        schema_only: what.schema_only,
        creation,
        properties,
        roles,
        tables,
        size,
        sha256,
        database_size: facts.database_bytes,
        started_at,
        finished_at: clock.now(),
        rev_version: env!("CARGO_PKG_VERSION").to_owned(),
        pg_dump_version: client.version.clone(),
        note: what.note.clone(),
    };
    keep(store, manifest, partial)
}

/// What the server says before the snapshot is taken.
struct Facts {
    database: String,
    version: u32,
    database_bytes: u64,
    table_bytes: u64,
    in_recovery: bool,
    system_identifier: Option<String>,
}

async fn facts(session: &mut Session) -> Result<Facts, crate::pg::SessionError> {
    let rows = session
        .rows(
            "SELECT pg_catalog.current_database(), pg_catalog.pg_database_size(pg_catalog.current_database()), \
             (SELECT coalesce(pg_catalog.sum(pg_catalog.pg_table_size(c.oid)), 0) FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') \
             AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'), \
             pg_catalog.pg_is_in_recovery()",
        )
        .await?;
    let row = rows.into_iter().next().unwrap_or_default();
    // Some providers keep this from their users.
    let identifier = session
        .rows("SELECT system_identifier FROM pg_catalog.pg_control_system()")
        .await;
    Ok(Facts {
        database: row.text(0).to_owned(),
        version: session.version(),
        database_bytes: row.number(1).unwrap_or(0),
        table_bytes: row.number(2).unwrap_or(0),
        in_recovery: row.is_true(3),
        system_identifier: identifier
            .ok()
            .and_then(|rows| rows.first()?.get(0).map(str::to_owned)),
    })
}

impl Facts {
    async fn lsn(&self, session: &mut Session) -> Option<String> {
        let function = if self.in_recovery {
            "pg_last_wal_replay_lsn"
        } else {
            "pg_current_wal_lsn"
        };
        let rows = session
            .rows(&format!("SELECT pg_catalog.{function}()"))
            .await
            .ok()?;
        rows.first()?.get(0).map(str::to_owned)
    }
}

/// Opens the transaction whose snapshot everything is read in, and returns the snapshot's name for `pg_dump`.
async fn begin(session: &mut Session) -> Result<String, crate::pg::SessionError> {
    let mut statements = vec![
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        // It stands idle while pg_dump works.
        "SET LOCAL idle_in_transaction_session_timeout = 0",
        "SET LOCAL statement_timeout = 0",
    ];
    statements.extend(digest::SETTINGS);
    statements.push("SELECT pg_export_snapshot()");
    let answers = session.send(&statements).await?;
    let row = answers.last().and_then(|answer| answer.rows.first());
    Ok(row.map(|row| row.text(0).to_owned()).unwrap_or_default())
}

async fn revisions(
    session: &mut Session,
    books: &Books,
) -> Result<Vec<String>, crate::pg::SessionError> {
    let table = books.quoted(&books.version_table);
    let exists = format!(
        "SELECT to_regclass({}) IS NOT NULL",
        rev_sql::quote_literal(&table)
    );
    let there = books.rows(session, &exists).await?;
    if !there.first().is_some_and(|row| row.is_true(0)) {
        return Ok(Vec::new());
    }
    let query = format!("SELECT version_num FROM {table} ORDER BY 1");
    let rows = books.rows(session, &query).await?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

async fn roles(session: &mut Session) -> Result<Vec<String>, crate::pg::SessionError> {
    let rows: Vec<TextRow> = session
        .rows(
            "SELECT DISTINCT r.rolname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database() \
             JOIN pg_roles r ON r.oid = s.refobjid WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname !~ '^pg_' \
             UNION SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database() ORDER BY 1",
        )
        .await?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

async fn read_rows(
    session: &mut Session,
    what: &CreateOptions,
) -> Result<Option<Vec<TableDigest>>, EngineError> {
    if what.schema_only || what.no_digests {
        return Ok(None);
    }
    let tables = digest::read(session).await;
    Ok(Some(tables.map_err(|error| {
        RunError::bookkeeping("count and hash the rows", error)
    })?))
}

async fn dump(
    client: &Client,
    options: &ConnectOptions,
    what: &CreateOptions,
    snapshot: &str,
    path: &Path,
    role: Option<&str>,
) -> Result<(), EngineError> {
    let mut command = client.command("pg_dump", Some(&options.address));
    command
        .arg("--format=custom")
        .arg(format!("--snapshot={snapshot}"))
        .arg("--lock-wait-timeout=60s")
        .arg("--file")
        .arg(path);
    if what.schema_only {
        command.arg("--schema-only");
    }
    if let Some(role) = role {
        command.arg(format!("--role={role}"));
    }
    let output = client.run(command).await?;
    if !output.succeeded {
        return Err(BackupError::DumpFailed { said: output.said }.into());
    }
    Ok(())
}

/// Makes the folder, closed to others: a dump holds everything.
fn make_private(directory: &Path) -> Result<(), EngineError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| EngineError::io("create", directory, error))
}

fn check_space(
    directory: &Path,
    data: u64,
    what: &CreateOptions,
    events: EventSink<'_>,
) -> Result<(), EngineError> {
    let Some(free) = space::free(directory).filter(|_| !what.schema_only) else {
        return Ok(());
    };
    let needed = data / LEAST_SHARE;
    if free < needed {
        return Err(BackupError::NoSpace {
            directory: directory.to_owned(),
            free,
            needed,
            data,
        }
        .into());
    }
    if free < data {
        events(Event::Warning {
            message: format!(
                "{} has {} free for a dump of {} of tables; compressed it should fit",
                directory.display(),
                super::error::in_words(free),
                super::error::in_words(data)
            ),
        });
    }
    Ok(())
}

/// A file of no name yet, removed unless it is kept.
fn partial_file(directory: &Path) -> Result<tempfile::TempPath, EngineError> {
    tempfile::Builder::new()
        .prefix(".rev-")
        .suffix(".dump.partial")
        .tempfile_in(directory)
        .map(tempfile::NamedTempFile::into_temp_path)
        .map_err(|error| EngineError::io("write into", directory, error))
}

/// The dump first and the manifest last: what has a manifest is whole.
fn keep(
    store: &Store,
    manifest: Manifest,
    partial: tempfile::TempPath,
) -> Result<Backup, EngineError> {
    let backup = Backup {
        manifest,
        directory: store.directory().to_owned(),
    };
    let dump = backup.dump();
    partial
        .persist_noclobber(&dump)
        .map_err(|refused| EngineError::io("write", &dump, refused.error))?;
    let mut text =
        serde_json::to_string_pretty(&backup.manifest).map_err(|error| EngineError::Internal {
            message: format!("a manifest cannot be written: {error}"),
        })?;
    text.push('\n');
    if let Err(error) = files::write_new(&backup.manifest_path(), &text) {
        let _ = std::fs::remove_file(&dump);
        return Err(error);
    }
    Ok(backup)
}

/// `shop_20261120T143000Z`; what a file name should not hold becomes `_`.
fn free_name(store: &Store, database: &str, moment: chrono::DateTime<chrono::Utc>) -> String {
    let safe: String = database
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || matches!(letter, '-' | '_') {
                letter
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    let base = format!("{safe}_{}", moment.format("%Y%m%dT%H%M%SZ"));
    let taken = |name: &str| {
        let beside = |extension: &str| store.directory().join(format!("{name}.{extension}"));
        beside("json").exists() || beside("dump").exists()
    };
    let mut name = base.clone();
    let mut number = 1;
    while taken(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}
