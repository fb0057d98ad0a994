//! Small helpers around [`std::process::Command`]: run, show, fail with a sentence.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// A task's outcome: the message is printed as it is, so it is a sentence.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// What stands behind the command's name.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Never fetch anything.
    pub(crate) no_install: bool,
    /// Majors to test on; empty means what the machine has.
    pub(crate) postgres: Vec<u32>,
    /// Use the optimised binary.
    pub(crate) release: bool,
    /// What follows `--`.
    pub(crate) rest: Vec<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Outcome<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--no-install" => options.no_install = true,
                "--release" => options.release = true,
                "--postgres" => {
                    let list = arguments
                        .next()
                        .ok_or("`--postgres` wants majors, such as `--postgres 13,18`")?;
                    options.postgres = majors(&list)?;
                }
                "--" => options.rest.extend(arguments.by_ref()),
                _ => match argument.strip_prefix("--postgres=") {
                    Some(list) => options.postgres = majors(list)?,
                    None if argument.starts_with("--") => {
                        return Err(format!("no option `{argument}`; see `cargo xtask --help`"));
                    }
                    None => options.rest.push(argument),
                },
            }
        }
        Ok(options)
    }
}

fn majors(list: &str) -> Outcome<Vec<u32>> {
    list.split(',')
        .map(|major| match major.trim().parse() {
            Ok(major @ 13..=18) => Ok(major),
            _ => Err(format!(
                "`{major}` is not a major version that rev supports (13 to 18)"
            )),
        })
        .collect()
}

/// Prints the message as an error and gives the exit code.
pub(crate) fn fail(message: &str, code: u8) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(code)
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A cargo command in the root of the repository.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Shows the command, runs it, and turns failure into a sentence.
pub(crate) fn step(command: &mut Command) -> Outcome {
    let shown = show(command);
    eprintln!("\n\x1b[1m> {shown}\x1b[0m");
    run(command).map_err(|_| format!("`{shown}` failed"))
}

/// Runs a command with this terminal as its own.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = show(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(error) => Err(format!("`{shown}` could not be started: {error}")),
    }
}

/// Runs a command and gives its standard output.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{shown}` could not be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "`{shown}` ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }
}

/// Whether a program of this name can be started.
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    })
}

/// Whether this process is root, who may install packages.
pub(crate) fn is_root() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Builds `rev` and gives the path of the binary.
pub(crate) fn build_rev(release: bool) -> Outcome<PathBuf> {
    let mut command = cargo(["build", "--package", "rev-cli", "--bin", "rev"]);
    if release {
        command.arg("--release");
    }
    step(&mut command)?;
    Ok(target()
        .join(if release { "release" } else { "debug" })
        .join("rev"))
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    command.get_args().fold(program, |line, argument| {
        line + " " + &argument.to_string_lossy()
    })
}
