//! A signal's way into the engine. Who catches signals is the front end's affair; the engine is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use tokio::sync::Notify;

/// Tells a running command to stop. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Zero is no signal: it has no number 0.
    signal: AtomicI32,
    told: Notify,
}

impl Interrupt {
    /// Asks the command to stop, because of this signal: the running statement is cancelled, the transaction rolled
    /// back, the lock given back.
    pub fn trigger(&self, signal: i32) {
        self.0.signal.store(signal, Ordering::SeqCst);
        self.0.told.notify_waiters();
    }

    /// Returns the signal, once there was one.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        Some(self.0.signal.load(Ordering::SeqCst)).filter(|signal| *signal != 0)
    }

    /// Waits for a signal.
    pub async fn wait(&self) -> i32 {
        loop {
            // Registered before the look, so that a signal in between is not missed.
            let mut told = std::pin::pin!(self.0.told.notified());
            told.as_mut().enable();
            if let Some(signal) = self.signal() {
                return signal;
            }
            told.await;
        }
    }
}
