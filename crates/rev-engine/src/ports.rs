//! Where time and chance come in, so that a test can hold both still.

use chrono::{DateTime, Utc};
use std::cell::Cell;

/// Tells the time.
pub trait Clock {
    /// Returns the present moment.
    fn now(&self) -> DateTime<Utc>;
}

/// Gives the random bytes that make a new revision's identifier unique.
pub trait IdSource {
    /// Returns sixteen bytes nobody else gets.
    fn random(&self) -> [u8; 16];
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The random numbers of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn random(&self) -> [u8; 16] {
        let mut bytes = [0_u8; 16];
        // SAFETY: the pointer and the length describe `bytes`, which lives across the call.
        #[allow(unsafe_code)]
        let filled = unsafe { libc::getentropy(bytes.as_mut_ptr().cast(), bytes.len()) };
        if filled != 0 {
            // Only ancient kernels refuse. Time and process id are unique enough for a name that is hashed
            // with parents and message, and that a duplicate check guards.
            let now = Utc::now().timestamp_nanos_opt().unwrap_or_default();
            bytes[..8].copy_from_slice(&now.to_ne_bytes());
            bytes[8..12].copy_from_slice(&std::process::id().to_ne_bytes());
        }
        bytes
    }
}

/// A clock that starts at a given moment and advances one second each time it is asked.
#[derive(Debug)]
pub struct TickingClock(Cell<DateTime<Utc>>);

impl TickingClock {
    /// Returns a clock whose first answer is `start`.
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        Self(Cell::new(start))
    }
}

impl Clock for TickingClock {
    fn now(&self) -> DateTime<Utc> {
        let now = self.0.get();
        self.0.set(now + chrono::Duration::seconds(1));
        now
    }
}

/// Identifiers that count up from nothing, the same in every run.
#[derive(Debug, Default)]
pub struct CountingIds(Cell<u128>);

impl IdSource for CountingIds {
    fn random(&self) -> [u8; 16] {
        self.0.set(self.0.get() + 1);
        self.0.get().to_be_bytes()
    }
}
