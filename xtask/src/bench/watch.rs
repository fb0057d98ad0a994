//! A child's time and peak memory, from the kernel.

use crate::shell::Outcome;
use std::process::Command;
use std::time::Instant;

/// What a process took.
pub(crate) struct Usage {
    pub(crate) seconds: f64,
    /// Peak resident memory in bytes.
    pub(crate) memory: u64,
}

/// Runs the command to its end; an exit code other than 0 is an error.
pub(crate) fn measure(command: &mut Command) -> Outcome<Usage> {
    let start = Instant::now();
    let child = command
        .spawn()
        .map_err(|error| format!("{command:?} could not be started: {error}"))?;
    let (status, memory) = wait(child.id())?;
    let seconds = start.elapsed().as_secs_f64();
    if status == 0 {
        Ok(Usage { seconds, memory })
    } else {
        Err(format!("{command:?} ended with status {status:#x}"))
    }
}

/// `struct rusage`: two times, then the peak memory, then what is not read here.
#[repr(C)]
struct ResourceUsage {
    times: [i64; 4],
    peak: i64,
    rest: [i64; 13],
}

#[allow(
    unsafe_code,
    reason = "the standard library does not give a child's peak memory"
)]
unsafe extern "C" {
    fn wait4(pid: i32, status: *mut i32, options: i32, usage: *mut ResourceUsage) -> i32;
}

fn wait(pid: u32) -> Outcome<(i32, u64)> {
    let mut status = 0;
    let mut usage = ResourceUsage {
        times: [0; 4],
        peak: 0,
        rest: [0; 13],
    };
    // SAFETY: both pointers are to live values of the layout that wait4 writes.
    #[allow(
        unsafe_code,
        reason = "the standard library does not give a child's peak memory"
    )]
    let waited = unsafe { wait4(pid.cast_signed(), &raw mut status, 0, &raw mut usage) };
    if waited < 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    Ok((status, usage.peak.cast_unsigned() * unit))
}
