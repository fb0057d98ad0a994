//! Proving a backup.

use super::client::Client;
use super::error::BackupError;
use super::store::Backup;
use super::{digest, schema_text};
use crate::dev_database::{DevDatabase, DevOptions};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::pg::{Address, ConnectOptions, connect};
use crate::runner::RunError;
use sha2::{Digest, Sha256};
use std::path::Path;
use tokio::io::AsyncReadExt;

/// How far a proof goes.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// Only the file: size, hash, and reading the archive through. Nothing is restored.
    pub quick: bool,
    /// Restore the schema and no rows.
    pub schema_only: bool,
    /// Where to restore to.
    pub place: Place,
}

/// Where a backup is restored to for the proof.
#[derive(Debug, Clone)]
pub enum Place {
    /// The dev database.
    Dev(Box<DevOptions>),
    /// A scratch database on this server.
    Server(Box<Address>),
}

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Sentences, one a proof.
    pub proved: Vec<String>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// Proves a backup as far as the options say.
///
/// # Errors
/// The file is not what was written, cannot be read or restored, or what was restored differs.
pub async fn verify(
    backup: &Backup,
    options: &VerifyOptions,
    events: EventSink<'_>,
) -> Result<VerifyReport, EngineError> {
    let mut report = VerifyReport {
        proved: Vec::new(),
        left_out: Vec::new(),
    };
    let client = check_file(backup).await?;
    report
        .proved
        .push("size and SHA-256 are those of the manifest".to_owned());
    report
        .proved
        .push("the archive can be read from beginning to end".to_owned());
    if options.quick {
        report
            .left_out
            .push("it was not restored: --quick".to_owned());
        return Ok(report);
    }
    events(Event::Note {
        message: format!("restoring {} to a scratch database", backup.manifest.name),
    });
    match &options.place {
        Place::Dev(dev) => on_dev_database(backup, &client, options, dev, &mut report).await?,
        Place::Server(address) => {
            super::restore::rehearse(backup, &client, options, address, &mut report).await?;
        }
    }
    Ok(report)
}

/// Proves that a backup's file is the one that was written, and returns programs that can read it.
pub(super) async fn check_file(backup: &Backup) -> Result<Client, EngineError> {
    let path = backup.dump();
    let manifest = &backup.manifest;
    let damaged = |why: String| {
        EngineError::from(BackupError::Damaged {
            path: path.clone(),
            why,
        })
    };
    if !path.exists() {
        return Err(damaged("the file is not there".to_owned()));
    }
    let (size, sha256) = size_and_hash(&path).await?;
    if size != manifest.size {
        return Err(damaged(format!(
            "it has {size} bytes, and {} were written",
            manifest.size
        )));
    }
    if sha256 != manifest.sha256 {
        return Err(damaged(
            "its contents changed: the SHA-256 differs".to_owned(),
        ));
    }
    let client = Client::find(manifest.server_version / 10_000).await?;
    match read_through(&client, &path).await {
        Err(EngineError::Backup(BackupError::RestoreFailed { said })) => Err(damaged(said)),
        Err(other) => Err(other),
        Ok(()) => Ok(client),
    }
}

/// Reads an archive from beginning to end, decompressing every row, to nowhere.
pub(super) async fn read_through(client: &Client, path: &Path) -> Result<(), EngineError> {
    let mut command = client.command("pg_restore", None);
    command.arg("--file=/dev/null").arg(path);
    let output = client.run(command).await?;
    if !output.succeeded {
        return Err(BackupError::RestoreFailed { said: output.said }.into());
    }
    Ok(())
}

/// The size and SHA-256 of a file.
pub(super) async fn size_and_hash(path: &Path) -> Result<(u64, String), EngineError> {
    let failed = |error| EngineError::io("read", path, error);
    let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 20];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer).await.map_err(failed)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        hash.update(&buffer[..read]);
    }
    let hex = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((size, hex))
}

async fn on_dev_database(
    backup: &Backup,
    client: &Client,
    options: &VerifyOptions,
    dev: &DevOptions,
    report: &mut VerifyReport,
) -> Result<(), EngineError> {
    let major = backup.manifest.server_version / 10_000;
    let wanted = DevOptions {
        major: Some(major),
        ..dev.clone()
    };
    let mut dev = DevDatabase::acquire(&wanted).await?;
    let outcome = async {
        if dev.major() < major {
            return Err(BackupError::OlderServer {
                backup: major,
                server: dev.major(),
            }
            .into());
        }
        dev.create_roles(&backup.manifest.roles).await?;
        let scratch = dev.create_database().await?;
        restore_into(client, backup, scratch.address(), options.schema_only).await?;
        compare(
            client,
            backup,
            scratch.address(),
            options.schema_only,
            report,
        )
        .await
    }
    .await;
    dev.close().await;
    outcome
}

/// Restores a dump into an empty database.
pub(super) async fn restore_into(
    client: &Client,
    backup: &Backup,
    address: &Address,
    schema_only: bool,
) -> Result<(), EngineError> {
    let mut command = client.command("pg_restore", Some(address));
    command
        .arg("--dbname")
        .arg(address.database.as_deref().unwrap_or_default())
        .arg("--no-tablespaces");
    // A client much newer than the server goes on past its one setting that the server lacks; what else fails is
    // seen afterwards.
    let tolerant = client.major >= 17 && backup.manifest.server_version < 170_000;
    if !tolerant {
        command.arg("--exit-on-error");
    }
    if schema_only {
        command.arg("--schema-only");
    }
    command.arg(backup.dump());
    let output = client.run(command).await?;
    let excused = tolerant && output.only_unknown_settings;
    if !output.succeeded && !excused {
        return Err(BackupError::RestoreFailed { said: output.said }.into());
    }
    Ok(())
}

/// Compares a restored database with the archive and the manifest.
pub(super) async fn compare(
    client: &Client,
    backup: &Backup,
    address: &Address,
    schema_only: bool,
    report: &mut VerifyReport,
) -> Result<(), EngineError> {
    let mut differences = schema_differences(client, backup, address).await?;
    let manifest = &backup.manifest;
    match &manifest.tables {
        Some(tables) if !schema_only => {
            let mut session = connect(&ConnectOptions::new(address.clone()))
                .await
                .map_err(RunError::from)?;
            let doing = |error| RunError::bookkeeping("count and hash the restored rows", error);
            session.execute("BEGIN READ ONLY").await.map_err(doing)?;
            let found = digest::read(&mut session).await.map_err(doing)?;
            session.close().await;
            differences.extend(digest::differences(tables, &found));
            let rows: u64 = tables.iter().map(|table| table.rows).sum();
            report.proved.push(format!(
                "restored, {} tables hold the {rows} rows that were backed up",
                tables.len()
            ));
        }
        Some(_) => report
            .left_out
            .push("its rows were not restored: --schema-only".to_owned()),
        None if manifest.schema_only => report
            .left_out
            .push("it holds no rows: it is a backup of the schema only".to_owned()),
        None => report
            .left_out
            .push("its rows were restored and not compared: the manifest has no counts".to_owned()),
    }
    report
        .proved
        .push("restored, the schema reads as in the archive".to_owned());
    if differences.is_empty() {
        return Ok(());
    }
    Err(BackupError::Different {
        path: backup.dump(),
        differences,
        kept: None,
    }
    .into())
}

/// The archive's own text of the schema against a new dump of what was restored, both by the same program.
async fn schema_differences(
    client: &Client,
    backup: &Backup,
    address: &Address,
) -> Result<Vec<String>, EngineError> {
    use std::process::Stdio;
    let mut archive = client.command("pg_restore", None);
    archive
        .args(["--schema-only", "--no-tablespaces", "--file=-"])
        .arg(backup.dump())
        .stdout(Stdio::piped());
    let mut restored = client.command("pg_dump", Some(address));
    restored
        .args(["--schema-only", "--no-tablespaces"])
        .stdout(Stdio::piped());
    let archive = client.run(archive).await?;
    let restored = client.run(restored).await?;
    if !archive.succeeded {
        return Err(BackupError::RestoreFailed { said: archive.said }.into());
    }
    if !restored.succeeded {
        return Err(BackupError::DumpFailed {
            said: restored.said,
        }
        .into());
    }
    let text = |bytes: &[u8]| schema_text::normalized(&String::from_utf8_lossy(bytes));
    Ok(schema_text::differences(
        &text(&archive.stdout),
        &text(&restored.stdout),
    ))
}
