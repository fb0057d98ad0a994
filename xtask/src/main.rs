//! Everyday commands for people who work on `rev`. Run `cargo xtask` for the list.
//!
//! This crate has no dependencies, so that the first command on a fresh machine
//! starts at once; everything clever lives in `rev` itself.

mod bench;
mod ci;
mod demo;
mod docs;
mod postgres;
mod shell;
mod statics;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
Everyday commands for people who work on `rev`

Usage: cargo xtask <COMMAND> [OPTIONS]

Commands:
  demo       the main job on a throw-away Postgres, from `rev init` to the drawn graph
  test       every test of the workspace on a real Postgres
  bench      speed as ratios against psql, pg_dump and grep, measured in the same run
  kill-test  kill -9 the runner at random moments and compare with a clean run
  docs       build the book and the API pages, and check every link between pages
  static     build the static binary and run it in an empty chroot
  postgres   say which Postgres binaries are used, fetching them when they are missing
  ci         what continuous integration runs: format, clippy, test, docs

Options:
  --no-install          never fetch anything; print the one line to type instead
  --postgres 13,18      run the tests on these majors (`test`, `ci`)
  --release             measure or run the optimised binary (`demo`)
  -- ARGS               passed on to `cargo test` or to the benchmark
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let options = match shell::Options::parse(arguments) {
        Ok(options) => options,
        Err(message) => return shell::fail(&message, 2),
    };
    let result = match command.as_str() {
        "demo" => demo::run(&options),
        "test" => test::run(&options),
        "bench" => bench::run(&options),
        "kill-test" => test::kill(&options),
        "docs" => docs::run(&options),
        "static" => statics::run(&options),
        "postgres" => postgres::ensure(&options).map(|found| {
            println!("{}", found.bin.display());
        }),
        "ci" => ci::run(&options),
        "" | "-h" | "--help" | "help" => {
            print!("{USAGE}");
            Ok(())
        }
        other => return shell::fail(&format!("no command `{other}`\n\n{USAGE}"), 2),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => shell::fail(&message, 1),
    }
}
