//! `dev`: the embedded server of the project, by hand.

use std::path::PathBuf;

use crate::dev_database::{Embedded, EmbeddedStatus};
use crate::error::EngineError;
use crate::project::Project;

/// Starts the embedded server unless it runs.
///
/// # Errors
/// This machine has no (fitting) Postgres programs, or the server does not start.
pub fn start(project: &Project) -> Result<EmbeddedStatus, EngineError> {
    let embedded = Embedded::of(project.root());
    embedded.ensure_running()?;
    Ok(embedded.status())
}

/// Stops the embedded server; false when it did not run.
///
/// # Errors
/// It does not stop.
pub fn stop(project: &Project) -> Result<bool, EngineError> {
    Ok(Embedded::of(project.root()).stop()?)
}

/// Returns what is known of the embedded server.
pub fn status(project: &Project) -> EmbeddedStatus {
    Embedded::of(project.root()).status()
}

/// Stops the embedded server and removes its data; false when there was none.
///
/// # Errors
/// It does not stop, or a file cannot be removed.
pub fn reset(project: &Project) -> Result<bool, EngineError> {
    Ok(Embedded::of(project.root()).reset()?)
}

/// Starts the server if needed, and returns `psql` and the URL to give it.
///
/// # Errors
/// As [`start`].
pub fn psql(project: &Project) -> Result<(PathBuf, String), EngineError> {
    let embedded = Embedded::of(project.root());
    let url = embedded.ensure_running()?;
    Ok((embedded.client_program("psql"), url))
}
