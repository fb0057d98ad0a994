//! `validate`: the health of the project's database.

use super::run::{Surroundings, connect_waiting};
use crate::error::EngineError;
use crate::pg::connect_options;
use crate::project::Project;
use crate::validate::{Report, ValidateOptions, validate as look_over};
use std::time::Duration;

/// Looks the project's database over. Nothing is changed.
///
/// Where the options name no schemas, those of the settings are looked at, if they name some.
///
/// # Errors
/// The database cannot be reached, or its catalogue cannot be read.
pub async fn validate(
    project: &Project,
    options: &ValidateOptions,
    wait: Option<Duration>,
    surroundings: Surroundings<'_>,
) -> Result<Report, EngineError> {
    let options = for_project(project, options);
    let connect = connect_options(project, wait)?;
    let mut session = connect_waiting(&connect, surroundings).await?;
    let report = tokio::select! {
        report = look_over(&mut session, &options, surroundings.events) => report?,
        signal = surroundings.interrupt.wait() => return Err(EngineError::Interrupted { signal }),
    };
    session.close().await;
    Ok(report)
}

/// Fills in what the project's settings say.
pub fn for_project(project: &Project, options: &ValidateOptions) -> ValidateOptions {
    let schemas = &project.settings().schemas;
    let mut options = options.clone();
    if options.schemas.is_none() {
        options.schemas.clone_from(schemas);
    }
    if options.search_path.is_none() {
        options.search_path.clone_from(schemas);
    }
    options
}
