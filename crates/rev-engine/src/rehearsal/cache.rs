//! Catalogues kept from run to run under `.rev/cache/`, each under a digest of everything that made it.
//!
//! A key holds the texts that were loaded, the server's version and build, what of the database counts, and this
//! program's version: a cached catalogue is either exactly what loading would give or is not found. Models that make
//! extensions are never cached, because an extension's package may change under an unchanged server.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rev_schema::{Catalog, Scope};
use sha2::{Digest, Sha256};

/// How many catalogues are kept: models and history, for two majors, and those of the last edits.
const KEPT: usize = 8;

/// A cached catalogue's place.
#[derive(Clone, Debug)]
pub(super) struct Key(String);

/// Makes a key of everything that a catalogue hangs on.
pub(super) fn key(kind: &str, texts: &str, server: &str, user: &str, scope: &Scope) -> Key {
    let scope = serde_json::to_string(scope).unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [
        env!("CARGO_PKG_VERSION"),
        build_mark(),
        kind,
        texts,
        server,
        user,
        &scope,
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    Key(digest.finalize()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// While `rev` itself is worked on, its version says too little: the program's own size and age join in.
fn build_mark() -> &'static str {
    use std::sync::OnceLock;
    static MARK: OnceLock<String> = OnceLock::new();
    MARK.get_or_init(|| {
        let meta = std::env::current_exe().and_then(std::fs::metadata);
        meta.ok()
            .and_then(|meta| {
                let age = meta
                    .modified()
                    .ok()?
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .ok()?;
                Some(format!("{} {}", meta.len(), age.as_nanos()))
            })
            .unwrap_or_default()
    })
}

/// Returns a cached catalogue; a damaged one counts as absent.
pub(super) fn read(folder: &Path, key: &Key) -> Option<Catalog> {
    let path = path(folder, key);
    let text = std::fs::read_to_string(&path).ok()?;
    let (digest, json) = text.split_once('\n')?;
    if digest != checksum(json) {
        return None;
    }
    Catalog::from_json(json).ok()
}

/// Keeps a catalogue. A cache that cannot be written is no reason to stop.
pub(super) fn write(folder: &Path, key: &Key, catalog: &Catalog) {
    let _ = try_write(folder, key, catalog);
}

fn try_write(folder: &Path, key: &Key, catalog: &Catalog) -> std::io::Result<()> {
    let json = catalog.to_json().map_err(std::io::Error::other)?;
    std::fs::create_dir_all(folder)?;
    if let Some(parent) = folder.parent()
        && !parent.join(".gitignore").exists()
    {
        std::fs::write(parent.join(".gitignore"), "*\n")?;
    }
    // Written beside and renamed: another command may read it this moment.
    let partial = folder.join(format!("partial-{}", std::process::id()));
    std::fs::write(&partial, format!("{}\n{json}", checksum(&json)))?;
    std::fs::rename(&partial, path(folder, key))?;
    forget_oldest(folder)
}

fn forget_oldest(folder: &Path) -> std::io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort();
    let surplus = files.len().saturating_sub(KEPT);
    for (_, path) in files.into_iter().take(surplus) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn path(folder: &Path, key: &Key) -> PathBuf {
    folder.join(format!("catalog-{}", key.0))
}

/// Guards against a file cut short by a full disk, not against people.
fn checksum(json: &str) -> String {
    Sha256::digest(json)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
