//! The terminal: arguments, words, colours, exit codes.
//!
//! Nothing is decided here: a command parses its arguments, makes one call into `rev-engine` and shows the report.
//! Data goes to stdout, talk to stderr; with `--format json` stdout is one JSON object whatever happens.

// The doc comments of arguments are the manual: what is indented in them is typed into a shell.
#![allow(rustdoc::invalid_rust_codeblocks)]

mod args;
mod commands;
mod context;
mod exit;
mod failure;
mod hints;
mod live;
mod precautions;
mod signals;
mod ui;
mod view;

use std::process::ExitCode;

fn main() -> ExitCode {
    keep_memory_together();
    let arguments: Vec<_> = std::env::args_os().collect();
    let json = args::wants_json(&arguments);
    exit::install_panic_hook(json);
    let cli = match args::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error, json),
    };
    let context = context::Context::new(cli.global);
    let outcome = context
        .check_format(&cli.command)
        .and_then(|()| cli.command.run(&context));
    exit::finish(&context, outcome)
}

/// Asks the C library for one heap that grows in large steps, where each thread would have its own that grows by a page:
/// a process that lives for some milliseconds spends a good part of them, and megabytes, on that.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_memory_together() {
    const STEP: libc::c_int = 1 << 20;
    // SAFETY: called before any other thread exists; values that the library does not like it leaves alone.
    #[allow(unsafe_code)]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_TOP_PAD, STEP);
        libc::mallopt(libc::M_MMAP_THRESHOLD, STEP);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_memory_together() {}
