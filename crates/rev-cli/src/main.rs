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
