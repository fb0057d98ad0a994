//! The cached template: a freshly initialised data directory that every throw-away server starts from.
//!
//! `initdb` takes more than half a second, copying its result a few hundredths. The cache is keyed by the server's
//! version, made by one process while others wait (file lock), moved into place whole (rename), and thrown away when
//! it turns out to be broken.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::binaries::Binaries;
use super::cluster::{self, ClusterError, Owner, RunDirectory};
use super::sys;

/// Written last into a cached directory; what has no such file was not finished.
const COMPLETE: &str = "rev-complete";

/// Part of the key: raised when what this file makes changes.
const FORMAT: u32 = 1;

/// Returns the cached data directory for these binaries, made now if needed.
pub(super) fn data_directory(binaries: &Binaries) -> Result<PathBuf, ClusterError> {
    let cache = cache_directory()?;
    let directory = cache.join(format!("cluster-{}", key(&binaries.version)));
    if is_complete(&directory) {
        return Ok(directory);
    }
    let _lock = lock(&directory)?;
    if is_complete(&directory) {
        return Ok(directory);
    }
    let run = RunDirectory::create()?;
    initdb(binaries, &run)?;
    cluster::start_and_stop_once(binaries, &run)?;
    install(&run.data(), &directory, None)?;
    Ok(directory)
}

/// Forgets the cached data directory, so that the next use makes it again.
pub(super) fn discard(binaries: &Binaries) -> Result<(), ClusterError> {
    let directory = cache_directory()?.join(format!("cluster-{}", key(&binaries.version)));
    let _lock = lock(&directory)?;
    remove(&directory).map_err(|source| ClusterError::io("remove", &directory, source))
}

/// Returns a copy of a folder tree in a place that every account of the machine can read, made once.
pub(super) fn cached_tree(source: &Path, version: &str) -> Result<PathBuf, ClusterError> {
    let base = std::env::temp_dir().join("rev-postgres");
    private_directory(&base, 0o755)?;
    let name = format!("{} {}", version, source.display());
    let directory = base.join(key(&name));
    if is_complete(&directory) {
        return Ok(directory);
    }
    let _lock = lock(&directory)?;
    if !is_complete(&directory) {
        install(source, &directory, Some(0o755))?;
    }
    Ok(directory)
}

fn initdb(binaries: &Binaries, run: &RunDirectory) -> Result<(), ClusterError> {
    let mut command = Command::new(binaries.program("initdb"));
    command
        .arg("-D")
        .arg(run.data())
        .args(["--wal-segsize=1", "-N", "-A", "trust", "-U", "postgres"])
        .args(["-E", "UTF8", "--locale=C"]);
    run.owner().become_in(&mut command);
    let output = command
        .output()
        .map_err(|source| ClusterError::start("initdb", binaries, source))?;
    if output.status.success() {
        return Ok(());
    }
    Err(ClusterError::Initdb {
        said: last_lines(&output.stderr),
    })
}

fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(3)..].join("; ")
}

/// Copies a tree beside its final place and renames it there, so that nobody ever sees half of it.
fn install(source: &Path, directory: &Path, mode: Option<u32>) -> Result<(), ClusterError> {
    let partial = directory.with_extension(format!("partial-{}", std::process::id()));
    let result = (|| {
        remove(&partial)?;
        copy_tree(source, &partial, None)?;
        fs::write(partial.join(COMPLETE), "")?;
        if let Some(mode) = mode {
            fs::set_permissions(&partial, fs::Permissions::from_mode(mode))?;
        }
        remove(directory)?;
        fs::rename(&partial, directory)
    })();
    if result.is_err() {
        let _ = remove(&partial);
    }
    result.map_err(|source| ClusterError::io("write", directory, source))
}

/// Copies a tree; with an owner, the copy belongs to that account.
pub(super) fn copy_tree(from: &Path, to: &Path, owner: Option<&Owner>) -> io::Result<()> {
    copy_folder(from, to, owner, &mut vec![0; 1 << 16])
}

fn copy_folder(from: &Path, to: &Path, owner: Option<&Owner>, buffer: &mut [u8]) -> io::Result<()> {
    let meta = fs::metadata(from)?;
    fs::DirBuilder::new()
        .mode(meta.mode() & 0o7777)
        .create(to)?;
    if let Some(owner) = owner {
        owner.take(to)?;
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &target, owner, buffer)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else if entry.file_name() != COMPLETE {
            copy_file(&entry.path(), &target, owner, buffer)?;
        }
    }
    Ok(())
}

/// Copies a file by reading and writing: `fs::copy` asks the kernel to do it, which takes four times as long for
/// the thousand small files of a data directory.
fn copy_file(from: &Path, to: &Path, owner: Option<&Owner>, buffer: &mut [u8]) -> io::Result<()> {
    let mut source = fs::File::open(from)?;
    let mut target = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(source.metadata()?.mode() & 0o7777)
        .open(to)?;
    loop {
        match source.read(buffer)? {
            0 => break,
            length => target.write_all(&buffer[..length])?,
        }
    }
    match owner {
        Some(owner) => owner.take_file(&target),
        None => Ok(()),
    }
}

fn is_complete(directory: &Path) -> bool {
    directory.join(COMPLETE).exists()
}

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Holds the lock of one cache entry until dropped; the file stays, since removing it would race.
fn lock(directory: &Path) -> Result<fs::File, ClusterError> {
    let path = directory.with_extension("lock");
    let open = fs::File::create(&path);
    let file = open.map_err(|source| ClusterError::io("open", &path, source))?;
    file.lock()
        .map_err(|source| ClusterError::io("lock", &path, source))?;
    Ok(file)
}

/// A key that is a file name: the version's letters and digits, and a hash for the rest of it.
fn key(version: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{FORMAT} {version} {}", std::env::consts::ARCH));
    let hash: String = digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let number: String = version
        .split(' ')
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or("unknown")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    format!("{number}-{hash}")
}

/// Returns the folder where `rev` keeps what it can make again.
///
/// `REV_CACHE_DIR`, else the user's cache folder, else (no home, or a read-only one, as in many containers) a private
/// folder under the temporary one.
pub(crate) fn cache_directory() -> Result<PathBuf, ClusterError> {
    if let Some(chosen) = std::env::var_os("REV_CACHE_DIR").filter(|value| !value.is_empty()) {
        let chosen = PathBuf::from(chosen);
        private_directory(&chosen, 0o700)?;
        return Ok(chosen);
    }
    for candidate in user_caches() {
        if private_directory(&candidate, 0o700).is_ok() && is_writable(&candidate) {
            return Ok(candidate);
        }
    }
    let fallback = std::env::temp_dir().join(format!("rev-cache-{}", sys::effective_uid()));
    private_directory(&fallback, 0o700)?;
    Ok(fallback)
}

/// Returns the folders of this user in which caches are kept, the preferred one first; none of them need be there.
fn user_caches() -> impl Iterator<Item = PathBuf> {
    let path = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let below_home = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    let home = path("HOME").map(|home| home.join(below_home));
    [path("XDG_CACHE_HOME"), home]
        .into_iter()
        .flatten()
        .map(|cache| cache.join("rev"))
}

/// Returns the same folder for a cache that is worth no effort: the first choice, without looking at it.
pub(crate) fn likely_cache_directory() -> Option<PathBuf> {
    let chosen = std::env::var_os("REV_CACHE_DIR").filter(|value| !value.is_empty());
    chosen.map(PathBuf::from).or_else(|| user_caches().next())
}

fn is_writable(directory: &Path) -> bool {
    let probe = directory.join(format!(".probe-{}", std::process::id()));
    let written = fs::write(&probe, "").is_ok();
    let _ = fs::remove_file(&probe);
    written
}

/// Makes a folder, or accepts one that is there and ours: a stranger's folder in a shared place is never trusted.
fn private_directory(directory: &Path, mode: u32) -> Result<(), ClusterError> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(directory);
    made.map_err(|source| ClusterError::io("create", directory, source))?;
    let meta =
        fs::metadata(directory).map_err(|source| ClusterError::io("look at", directory, source))?;
    if meta.uid() != sys::effective_uid() {
        let source = io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user",
        );
        return Err(ClusterError::io("use", directory, source));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_file_names_and_tell_versions_apart() {
        let one = key("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)");
        let two = key("postgres (PostgreSQL) 15.20");
        assert!(one.starts_with("1520-"), "{one}");
        assert_ne!(one, two);
    }
}
