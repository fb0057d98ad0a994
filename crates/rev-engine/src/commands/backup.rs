//! `backup` and `restore`: the project's database saved, the proof of it, and the way back.

use super::run::{Surroundings, connect_waiting};
use crate::backup::{
    self, Backup, CreateOptions, DEFAULT_DIRECTORY, Place, RestoreOptions, RestoreReport, Store,
    VerifyOptions, VerifyReport,
};
use crate::dev_database::DevOptions;
use crate::error::EngineError;
use crate::pg::connect_options;
use crate::ports::Clock;
use crate::project::Project;
use crate::runner::{Consent, RunSettings};
use std::path::Path;
use std::time::Duration;

/// Returns the project's backups: those in the folder given, else in `.rev/backups` of the project.
pub fn store(project: &Project, directory: Option<&Path>) -> Store {
    Store::new(match directory {
        Some(directory) => directory.to_owned(),
        None => project.shown(&project.path(DEFAULT_DIRECTORY)),
    })
}

/// Takes a backup of the project's database.
///
/// # Errors
/// As [`backup::create`], and a signal.
pub async fn create(
    project: &Project,
    store: &Store,
    options: &CreateOptions,
    wait: Option<Duration>,
    clock: &dyn Clock,
    surroundings: Surroundings<'_>,
) -> Result<Backup, EngineError> {
    let connect = connect_options(project, wait)?;
    let books = RunSettings::of(project.settings()).books;
    connect_waiting(&connect, surroundings).await?.close().await;
    tokio::select! {
        backup = backup::create(&connect, &books, store, options, clock, surroundings.events) => backup,
        signal = surroundings.interrupt.wait() => Err(EngineError::Interrupted { signal }),
    }
}

/// How a backup is proved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Proof {
    /// Only the file.
    pub quick: bool,
    /// Restore no rows.
    pub schema_only: bool,
    /// Restore to a scratch database on the project's own server instead of the dev database.
    pub on_server: bool,
}

/// Proves a backup.
///
/// # Errors
/// As [`backup::verify`], and a signal.
pub async fn verify(
    project: &Project,
    backup: &Backup,
    proof: Proof,
    surroundings: Surroundings<'_>,
) -> Result<VerifyReport, EngineError> {
    let options = VerifyOptions {
        quick: proof.quick,
        schema_only: proof.schema_only,
        place: if proof.quick {
            Place::Dev(Box::default())
        } else if proof.on_server {
            Place::Server(Box::new(connect_options(project, None)?.address))
        } else {
            Place::Dev(Box::new(DevOptions::of(project.settings().dev_database()?)))
        },
    };
    tokio::select! {
        report = backup::verify(backup, &options, surroundings.events) => report,
        signal = surroundings.interrupt.wait() => Err(EngineError::Interrupted { signal }),
    }
}

/// Restores a backup in place of the project's database, or beside it.
///
/// # Errors
/// As [`backup::restore`].
pub async fn restore(
    project: &Project,
    backup: &Backup,
    options: &RestoreOptions,
    consent: Consent<'_>,
    clock: &dyn Clock,
    surroundings: Surroundings<'_>,
) -> Result<RestoreReport, EngineError> {
    let connect = connect_options(project, None)?;
    backup::restore(
        backup,
        &connect,
        options,
        consent,
        clock,
        surroundings.events,
        surroundings.interrupt,
    )
    .await
}
