//! `revision`: a new, empty revision file.

use crate::error::EngineError;
use crate::history::History;
use crate::new_revision::{NewRevision, NewRevisionOptions};
use crate::ports::{Clock, IdSource};
use crate::project::Project;

/// Writes an empty revision file.
///
/// # Errors
/// The history is unsound, a parent cannot be used, or the file cannot be written.
pub fn revision(
    project: &Project,
    options: &NewRevisionOptions,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Result<NewRevision, EngineError> {
    let history = History::read_or_empty(project)?;
    let new = NewRevision::plan(project, &history, options, clock, ids)?;
    new.write(project, "", "")?;
    Ok(new)
}
