//! The static binary: built, then run in a directory that holds nothing else.

use crate::shell::{self, Options, Outcome};
use std::path::PathBuf;
use std::process::Command;

/// Builds the static binary and shows that it needs no file of the machine.
pub(crate) fn run(options: &Options) -> Outcome {
    let binary = build(options.release)?;
    let cell = shell::target().join("static-cell");
    std::fs::remove_dir_all(&cell).ok();
    std::fs::create_dir_all(&cell)
        .map_err(|error| format!("cannot make {}: {error}", cell.display()))?;
    std::fs::copy(&binary, cell.join("rev"))
        .map_err(|error| format!("cannot copy {}: {error}", binary.display()))?;
    let headers = shell::read(Command::new("readelf").arg("-l").arg(&binary)).unwrap_or_default();
    if headers.contains("INTERP") {
        return Err(format!("{} asks for a dynamic loader", binary.display()));
    }
    let version = if shell::is_root() {
        shell::read(
            Command::new("chroot")
                .arg(&cell)
                .args(["/rev", "--version"]),
        )?
    } else {
        eprintln!("note: not root, so the binary runs outside a chroot");
        shell::read(Command::new(cell.join("rev")).arg("--version"))?
    };
    let size = std::fs::metadata(&binary).map_or(0, |metadata| metadata.len());
    #[allow(
        clippy::cast_precision_loss,
        reason = "a size to read, not to compute with"
    )]
    let megabytes = size as f64 / 1e6;
    println!(
        "{} in an empty root: {megabytes:.1} MB, {}",
        version.trim(),
        binary.display()
    );
    Ok(())
}

/// Builds `rev` with everything linked in; the flag goes to the last link alone, so
/// nothing that is already built is built again.
fn build(release: bool) -> Outcome<PathBuf> {
    let profile = if release { "release" } else { "dev" };
    shell::step(&mut shell::cargo([
        "rustc",
        "--package",
        "rev-cli",
        "--bin",
        "rev",
        "--profile",
        profile,
        "--",
        "-C",
        "target-feature=+crt-static",
    ]))?;
    Ok(shell::target()
        .join(if release { "release" } else { "debug" })
        .join("rev"))
}
