//! One statement over many rows, range by range.

use super::{Job, Note, Stop, Worker};
use crate::error::Place;
use crate::runner::error::RunError;
use crate::runner::script::Script;

impl Worker<'_> {
    /// Walks a batch from where an earlier run stopped, and returns the rows it changed.
    pub(super) async fn batch(
        &mut self,
        _job: &Job,
        script: &Script,
        index: usize,
        _note: Option<&Note>,
    ) -> Result<u64, Stop> {
        Err(Stop::Error(
            RunError::Batch {
                place: Place::at(&script.file, script.statements[index].line),
                why: "batches are not supported yet".to_owned(),
            }
            .into(),
        ))
    }
}
