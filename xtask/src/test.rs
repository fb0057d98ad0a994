//! `cargo xtask test` and `cargo xtask kill-test`.

use crate::postgres::{self, Found};
use crate::shell::{self, Options, Outcome};
use std::path::PathBuf;
use std::process::Command;

/// Packages whose tests speak to Postgres: the ones worth running again on another major. What `rev-cli` prints is
/// recorded on the machine's own major.
const ON_A_SERVER: [&str; 3] = ["rev-sql", "rev-schema", "rev-engine"];

/// Every test once, and those that speak to Postgres once more on each major asked for.
pub(crate) fn run(options: &Options) -> Outcome {
    postgres::ensure_companions(options)?;
    if options.postgres.is_empty() {
        let found = postgres::ensure(options)?;
        let python = python(options);
        let mut command = tests(&found, options);
        command.arg("--workspace");
        if let Some(bin) = python {
            command.env("REV_TEST_PYTHON", bin);
        }
        return shell::step(command.args(&options.rest));
    }
    for &major in &options.postgres {
        on_major(options, major)?;
    }
    Ok(())
}

/// The tests that speak to Postgres, on one major.
pub(crate) fn on_major(options: &Options, major: u32) -> Outcome {
    let found = postgres::major(options, major)?;
    eprintln!("\nPostgreSQL {major}: {}", found.bin.display());
    let mut command = tests(&found, options);
    for package in ON_A_SERVER {
        command.args(["--package", package]);
    }
    shell::step(command.args(&options.rest))
}

/// The long kill test; the short form of it is part of `test`.
pub(crate) fn kill(options: &Options) -> Outcome {
    let found = postgres::ensure(options)?;
    let mut command = shell::cargo([
        "test",
        "--release",
        "--package",
        "rev-engine",
        "--test",
        "pg",
        "--",
    ]);
    command.args(["--nocapture", "--exact", "kill::long"]);
    command.env(
        "REV_KILL_RUNS",
        options.rest.first().map_or("1000", String::as_str),
    );
    if let Some(seed) = options.rest.get(1) {
        command.env("REV_KILL_SEED", seed);
    }
    found.set(&mut command);
    shell::step(&mut command)
}

/// A Python that has the packages of the examples, made once; none where that cannot be.
fn python(options: &Options) -> Option<PathBuf> {
    let home = shell::target().join("python");
    let bin = home.join("bin");
    let done = home.join("complete");
    if done.exists() {
        return Some(bin);
    }
    if options.no_install || !shell::exists("python3") {
        return None;
    }
    println!(
        "Fetching the Python packages of the examples into {}",
        home.display()
    );
    let made = shell::run(Command::new("python3").args(["-m", "venv"]).arg(&home)).and_then(|()| {
        let mut pip = Command::new(bin.join("pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check"]);
        for example in ["sqlalchemy", "django"] {
            pip.arg("-r")
                .arg(shell::root().join(format!("examples/{example}/requirements.txt")));
        }
        shell::run(&mut pip)
    });
    match made {
        Ok(()) => std::fs::write(done, "").is_ok().then_some(bin),
        Err(message) => {
            eprintln!("note: the examples in Python will be skipped: {message}");
            None
        }
    }
}

fn tests(found: &Found, options: &Options) -> Command {
    let mut command = shell::cargo(["test", "--quiet"]);
    if options.release {
        command.arg("--release");
    }
    // A test that finds no server must fail here: the binaries are known to be there.
    command.env("REV_TEST_REQUIRE_POSTGRES", "1");
    found.set(&mut command);
    command
}
