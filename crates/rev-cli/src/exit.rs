//! How the process ends: one place for exit codes, the last words, and panics.
//!
//! The table of codes itself is [`rev_engine::codes::ERROR_CODES`].

use crate::context::Context;
use crate::failure::{Failure, Problem};
use rev_engine::ExitKind;
use serde_json::{Map, Value, json};
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Ends a command: says what went wrong, if anything, and returns the number.
pub fn finish(context: &Context, outcome: Result<ExitKind, Failure>) -> ExitCode {
    let outcome = outcome.and_then(|exit| context.ui.flush().map(|()| exit));
    let failure = match outcome {
        Ok(exit) => return ExitCode::from(exit.number()),
        Err(failure) => failure,
    };
    if let Problem::Output(error) = &failure.problem
        && error.kind() == ErrorKind::BrokenPipe
    {
        // `rev history | head`: the reader has what it wanted.
        return ExitCode::SUCCESS;
    }
    if context.is_json() {
        print_json(json_error(&failure));
    } else {
        context.ui.error(
            failure.code(),
            &failure.message(),
            failure.hint().as_deref(),
        );
    }
    ExitCode::from(failure.exit().number())
}

/// Ends a process whose command line made no sense, or that was asked for help or its version.
pub fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if json {
        let text = error.render().to_string();
        let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message
            .trim()
            .trim_start_matches("error: ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let tip = rest
            .lines()
            .find_map(|line| line.trim().strip_prefix("tip: "));
        let hint = tip.map_or_else(|| "see `rev --help`".to_owned(), str::to_owned);
        print_json(json_error(&Failure::usage(message, hint)));
    } else {
        let _ = error.print();
    }
    ExitCode::from(ExitKind::Usage.number())
}

/// Makes a panic one clean line instead of a backtrace.
pub fn install_panic_hook(json: bool) {
    std::panic::set_hook(Box::new(move |panic| {
        let what = panic.payload();
        let what = what
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| what.downcast_ref::<String>().map(String::as_str));
        let place = panic
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()))
            .unwrap_or_default();
        let message = format!(
            "internal error: {}{place}",
            what.unwrap_or("unknown").lines().next().unwrap_or_default()
        );
        let hint = "this is a defect in rev; please report it with the command that led here";
        if json {
            print_json(json!({"error": {"code": "internal", "message": message, "hint": hint}}));
        } else {
            let _ = writeln!(std::io::stderr(), "error: {message}\n  hint: {hint}");
        }
        std::process::exit(i32::from(ExitKind::Failed.number()));
    }));
}

/// Returns the object that stands for a failure.
fn json_error(failure: &Failure) -> Value {
    let mut object: Map<String, Value> = failure.data.clone();
    object.insert(
        "error".into(),
        json!({"code": failure.code(), "message": failure.message(), "hint": failure.hint()}),
    );
    Value::Object(object)
}

fn print_json(value: Value) {
    let _ = writeln!(std::io::stdout(), "{value:#}");
}
