//! `diff`: two schemas compared, wherever each comes from.

use rev_schema::{Changes, DiffOptions, Rename, diff};

use crate::error::EngineError;
use crate::events::EventSink;
use crate::project::Project;
use crate::rehearsal::{Rehearsal, Side, Source};

/// What is compared, and how.
#[derive(Clone, Debug)]
pub struct DiffRequest {
    /// Where one stands.
    pub from: Source,
    /// Where one wants to be.
    pub to: Source,
    /// Answers to rename questions.
    pub renames: Vec<Rename>,
    /// Prefer lock-safe forms.
    pub online: bool,
}

/// How two schemas differ.
#[derive(Clone, Debug)]
pub struct DiffReport {
    /// What was compared, in words.
    pub from: String,
    /// With what.
    pub to: String,
    /// What leads from one to the other.
    pub changes: Changes,
}

/// Compares two schemas.
///
/// # Errors
/// One of them cannot be loaded or read.
pub async fn compare(
    project: &Project,
    request: &DiffRequest,
    events: EventSink<'_>,
) -> Result<DiffReport, EngineError> {
    let mut rehearsal = Rehearsal::new(project, events)?;
    let outcome = both(&mut rehearsal, request).await;
    rehearsal.close().await;
    let (from, to) = outcome?;
    let options = DiffOptions {
        online: request.online,
        renames: request.renames.clone(),
        ..DiffOptions::default()
    };
    Ok(DiffReport {
        from: request.from.words(),
        to: request.to.words(),
        changes: diff(&from.catalog, &to.catalog, &options)?,
    })
}

/// Live databases are read first: the other side must be loaded on the same major version, or its words differ.
async fn both(
    rehearsal: &mut Rehearsal<'_>,
    request: &DiffRequest,
) -> Result<(Side, Side), EngineError> {
    if request.to.is_live() {
        let to = rehearsal.side(&request.to).await?;
        let from = rehearsal.side(&request.from).await?;
        return Ok((from, to));
    }
    if !request.from.is_live() {
        rehearsal.ask_for_major().await;
    }
    let from = rehearsal.side(&request.from).await?;
    let to = rehearsal.side(&request.to).await?;
    Ok((from, to))
}
