//! Where this machine keeps the programs `postgres` and `initdb`.
//!
//! Packages put them off PATH, side by side for several majors (`/usr/lib/postgresql/15/bin`), so the usual
//! places are looked at as well. `REV_POSTGRES_BIN` names a bin directory (or several, as PATH does) and
//! then nothing else is looked at: a test run for one major must not fall back to another silently.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cluster::ClusterError;
use super::sys;

/// A directory that holds `postgres` and `initdb`, and their version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// The directory.
    pub directory: PathBuf,
    /// The major version, as 15.
    pub major: u32,
    /// What `postgres --version` prints, as `postgres (PostgreSQL) 15.20`.
    pub version: String,
}

/// The oldest major that is worth starting: `rev` supports no older server.
const OLDEST: u32 = 13;

/// Returns the binaries of the wanted major, or without a wish those of the newest.
pub fn find(wanted: Option<u32>) -> Result<Binaries, ClusterError> {
    let explicit = std::env::var_os("REV_POSTGRES_BIN").filter(|value| !value.is_empty());
    let mut seen = Vec::new();
    let mut best: Option<Binaries> = None;
    let sources: &[fn() -> Vec<PathBuf>] = if explicit.is_some() {
        &[explicit_directories]
    } else {
        // Asking pg_config starts a program, so it comes last and only when it is needed.
        &[usual_directories, pg_config_directory]
    };
    for source in sources {
        for directory in source() {
            let Some(directory) = real_directory(&directory) else {
                continue;
            };
            if seen.contains(&directory) {
                continue;
            }
            seen.push(directory.clone());
            // A directory named after its major need not be asked when another major is wanted.
            if wanted.is_some() && named_major(&directory).is_some_and(|m| Some(m) != wanted) {
                continue;
            }
            let Some(binaries) = inspect(&directory) else {
                continue;
            };
            if Some(binaries.major) == wanted {
                return Ok(binaries);
            }
            if binaries.major >= OLDEST && best.as_ref().is_none_or(|b| b.major < binaries.major) {
                best = Some(binaries);
            }
        }
        if wanted.is_none() && best.is_some() {
            break;
        }
    }
    if let (None, Some(best)) = (wanted, best) {
        return Ok(best);
    }
    if let Some(value) = explicit {
        return Err(ClusterError::NotABinDirectory {
            value: value.to_string_lossy().into_owned(),
            wanted,
        });
    }
    let mut found: Vec<u32> = seen
        .iter()
        .filter_map(|directory| named_major(directory).or_else(|| Some(inspect(directory)?.major)))
        .collect();
    found.sort_unstable();
    found.dedup();
    Err(ClusterError::NoBinaries { wanted, found })
}

/// Returns the major that a path such as `/usr/lib/postgresql/15/bin` or `postgresql@16/bin` names.
fn named_major(directory: &Path) -> Option<u32> {
    let parent = directory.parent()?.file_name()?.to_str()?;
    let digits = parent
        .strip_prefix("postgresql@")
        .or_else(|| parent.strip_prefix("pgsql-"))
        .unwrap_or(parent);
    digits.parse().ok()
}

/// Resolves links: Debian puts links to one version's programs on PATH, and the real place is what counts.
fn real_directory(directory: &Path) -> Option<PathBuf> {
    let postgres = directory.join("postgres").canonicalize().ok()?;
    let directory = postgres.parent()?;
    directory
        .join("initdb")
        .exists()
        .then(|| directory.to_path_buf())
}

fn inspect(directory: &Path) -> Option<Binaries> {
    let output = Command::new(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Some(Binaries {
        directory: directory.to_path_buf(),
        major: major_of(&version)?,
        version,
    })
}

/// Reads the major out of `postgres (PostgreSQL) 18beta1 (Debian …)`.
pub(crate) fn major_of(version: &str) -> Option<u32> {
    let number = version
        .split(' ')
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Returns every directory that may hold client programs (`pg_dump`): those of `REV_POSTGRES_BIN` first, then, since any newer
/// client will do, the usual ones.
pub(crate) fn client_directories() -> Vec<PathBuf> {
    [
        explicit_directories(),
        usual_directories(),
        pg_config_directory(),
    ]
    .concat()
}

fn explicit_directories() -> Vec<PathBuf> {
    std::env::var_os("REV_POSTGRES_BIN")
        .map(|value| std::env::split_paths(&value).collect())
        .unwrap_or_default()
}

fn usual_directories() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|value| std::env::split_paths(&value).collect())
        .unwrap_or_default();
    for pattern in [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/usr/lib/postgresql*/bin",
        "/usr/libexec/postgresql*",
        "/usr/local/pgsql/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
    ] {
        if let Ok(paths) = glob::glob(pattern) {
            directories.extend(paths.flatten());
        }
    }
    directories
}

fn pg_config_directory() -> Vec<PathBuf> {
    let Ok(output) = Command::new("pg_config").arg("--bindir").output() else {
        return Vec::new();
    };
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if path.is_empty() {
        Vec::new()
    } else {
        vec![PathBuf::from(path)]
    }
}

impl Binaries {
    /// Returns the path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Returns the same programs in a place where the account that runs the server can read them.
    ///
    /// Root's home is closed to others, and a checkout or cache in it is where fetched binaries end up. The whole
    /// installation (it finds its `lib` and `share` beside `bin`) is then copied once to a readable place.
    pub(super) fn readable(self) -> Result<Binaries, ClusterError> {
        if !sys::is_root() || open_to_others(&self.directory) {
            return Ok(self);
        }
        let account = sys::unprivileged_account();
        let (Some(prefix), Some(bin)) = (self.directory.parent(), self.directory.file_name())
        else {
            return Err(ClusterError::Unreadable {
                directory: self.directory,
                account: account.name,
            });
        };
        // Only a self-contained installation can move; /usr with closed parents is nobody's setup.
        if !prefix.join("share").is_dir() || prefix == Path::new("/usr") {
            return Err(ClusterError::Unreadable {
                directory: self.directory,
                account: account.name,
            });
        }
        let copy = super::template::cached_tree(prefix, &self.version)?;
        Ok(Binaries {
            directory: copy.join(bin),
            ..self
        })
    }
}

/// Returns whether others may walk into every folder of the path.
pub(super) fn open_to_others(directory: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    directory.ancestors().all(|folder| {
        std::fs::metadata(folder).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_are_read_from_versions_and_paths() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 19beta2"), Some(19));
        assert_eq!(major_of("nonsense"), None);
        assert_eq!(
            named_major(Path::new("/usr/lib/postgresql/15/bin")),
            Some(15)
        );
        assert_eq!(
            named_major(Path::new("/opt/homebrew/opt/postgresql@16/bin")),
            Some(16)
        );
        assert_eq!(named_major(Path::new("/usr/local/bin")), None);
    }
}
