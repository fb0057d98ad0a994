//! Files written whole or not at all: a crash leaves the old content or the new, never half of it.

use crate::error::EngineError;
use std::fs::Permissions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a new file, its folders too; one that is there already is an error and stays as it is.
///
/// # Errors
/// [`EngineError::FileExists`], or the system's reason.
pub fn write_new(path: &Path, text: &str) -> Result<(), EngineError> {
    let temporary = filled_beside(path, text, 0o666)?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => {
            Err(EngineError::FileExists {
                path: path.to_owned(),
            })
        }
        Err(refused) => Err(EngineError::io("write", path, refused.error)),
    }
}

/// Replaces a file's content and keeps its permissions.
///
/// # Errors
/// The system's reason.
pub fn replace(path: &Path, text: &str) -> Result<(), EngineError> {
    let mode = std::fs::metadata(path).map_or(0o666, |metadata| metadata.permissions().mode());
    let temporary = filled_beside(path, text, mode)?;
    temporary
        .persist(path)
        .map(|_| ())
        .map_err(|refused| EngineError::io("write", path, refused.error))
}

/// Makes a folder and those above it.
///
/// # Errors
/// The system's reason.
pub fn create_folder(path: &Path) -> Result<(), EngineError> {
    std::fs::create_dir_all(path).map_err(|error| EngineError::io("create", path, error))
}

/// Returns a temporary file with the text, on disk, in the folder the real one will be in (rename works only there).
fn filled_beside(
    path: &Path,
    text: &str,
    mode: u32,
) -> Result<tempfile::NamedTempFile, EngineError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    create_folder(folder)?;
    let failed = |error| EngineError::io("write", path, error);
    // A leading dot hides a leftover of a crash from the reader of histories; umask still applies to the mode.
    let mut temporary = tempfile::Builder::new()
        .prefix(".rev-")
        .suffix(".tmp")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)
        .map_err(failed)?;
    temporary.write_all(text.as_bytes()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_way_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("temp dir");
        let path = folder.path().join("deep/er/x.sql");
        write_new(&path, "one").expect("writes");
        assert!(matches!(
            write_new(&path, "two"),
            Err(EngineError::FileExists { .. })
        ));
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), "one");
        replace(&path, "three").expect("replaces");
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), "three");
        let left = std::fs::read_dir(path.parent().expect("folder"))
            .expect("lists")
            .count();
        assert_eq!(left, 1, "no temporary file stays behind");
    }
}
