//! What may be done around the work while the lock is held: a backup before, a look after, a way back when it failed.

use crate::error::EngineError;
use std::future::Future;
use std::pin::Pin;

/// A future that borrows.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Stands around a run that has something to do. Nothing of it is called where there is nothing to do.
///
/// All of it happens under the runner's lock, so of many runners only the one that works does it.
pub trait Around {
    /// Is called before the first step; an error stops the run with nothing done.
    fn before(&self) -> Later<'_, Result<(), EngineError>>;

    /// Is called when all steps are done; the error becomes the run's.
    fn after(&self) -> Later<'_, Result<(), EngineError>>;

    /// Is called when a step failed, the connection still being there, and not because of a signal.
    fn failed<'a>(&'a self, error: &'a EngineError) -> Later<'a, ()>;
}
