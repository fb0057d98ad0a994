//! `ensure-version`: `rev`'s own tables, and nothing else.

use super::run::{Surroundings, connect_waiting};
use crate::error::EngineError;
use crate::pg::connect_options;
use crate::project::Project;
use crate::runner::carry::{look, look_at_layout, refuse_read_only, take_lock};
use crate::runner::{Identity, RunError, RunSettings};
use std::time::Duration;

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnsureVersionReport {
    /// The version table, qualified.
    pub table: String,
    /// Whether anything was missing.
    pub created: bool,
}

/// Makes the tables where they are missing or old.
///
/// # Errors
/// The database cannot be reached or takes no changes, or the role may not create tables.
pub async fn ensure_version(
    project: &Project,
    wait: Option<Duration>,
    surroundings: Surroundings<'_>,
) -> Result<EnsureVersionReport, EngineError> {
    let settings = RunSettings::of(project.settings());
    let connect = connect_options(project, wait)?;
    let mut session = connect_waiting(&connect, surroundings).await?;
    let books = &settings.books;
    let table = books.quoted(&books.version_table);
    let state = look(&mut session, books).await?;
    if look_at_layout(&mut session, books, &state)
        .await?
        .is_complete
    {
        session.close().await;
        return Ok(EnsureVersionReport {
            table,
            created: false,
        });
    }
    refuse_read_only(&state, session.place())?;
    let identity = Identity::of(
        &project.settings().variables,
        surroundings.ids,
        project.root(),
    );
    let (mut session, locked) = take_lock(
        session,
        &connect,
        &settings,
        &identity,
        surroundings.events,
        surroundings.interrupt,
    )
    .await?;
    let mut statements = books.create();
    if let Some(state) = locked
        && look_at_layout(&mut session, books, &state)
            .await?
            .is_complete
    {
        statements.clear();
    }
    let created = !statements.is_empty();
    let role = books.as_role();
    let mut message: Vec<&str> = role.iter().chain(&statements).map(String::as_str).collect();
    message.push("COMMIT");
    session
        .send(&message)
        .await
        .map_err(|error| RunError::bookkeeping("create rev's tables", error))?;
    session.close().await;
    Ok(EnsureVersionReport { table, created })
}
