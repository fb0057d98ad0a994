//! SIGINT and SIGTERM, also as PID 1 (where the kernel's default is to ignore them).

use rev_engine::runner::Interrupt;
use tokio::signal::unix::{SignalKind, signal};

/// Tells the interrupt about the first signal; the second ends the process where it stands.
///
/// Must be called inside the runtime.
pub fn forward_to(interrupt: &Interrupt) {
    for (kind, number) in [
        (SignalKind::terminate(), libc::SIGTERM),
        (SignalKind::interrupt(), libc::SIGINT),
    ] {
        let interrupt = interrupt.clone();
        // Without a handler the default action ends the process: less polite, and safe all the same.
        let Ok(mut signals) = signal(kind) else {
            continue;
        };
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if interrupt.signal().is_some() {
                    std::process::exit(128 + number);
                }
                interrupt.trigger(number);
            }
        });
    }
}
