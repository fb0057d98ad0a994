//! The folder that backups are kept in.

use super::error::BackupError;
use super::manifest::{FORMAT, Manifest};
use crate::error::EngineError;
use crate::near::nearest;
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder of backups.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
}

/// A backup: its manifest and where its files are.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    /// What is known about it.
    pub manifest: Manifest,
    /// The folder.
    pub directory: PathBuf,
}

/// What `prune` keeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retention {
    /// The newest of each database.
    pub keep: Option<usize>,
    /// Those younger than this.
    pub older_than: Option<Duration>,
}

impl Backup {
    /// Returns the dump's path.
    pub fn dump(&self) -> PathBuf {
        self.directory.join(format!("{}.dump", self.manifest.name))
    }

    /// Returns the manifest's path.
    pub fn manifest_path(&self) -> PathBuf {
        self.directory.join(format!("{}.json", self.manifest.name))
    }
}

impl Store {
    /// Returns the backups of a folder. Nothing is made or read.
    pub fn new(directory: impl Into<PathBuf>) -> Store {
        Store {
            directory: directory.into(),
        }
    }

    /// Returns the folder.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns all backups, the newest first. Files that are no manifests are passed over; one that looks like one and
    /// cannot be read is an error.
    ///
    /// # Errors
    /// The folder or a manifest cannot be read.
    pub fn list(&self) -> Result<Vec<Backup>, EngineError> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(EngineError::io("list", &self.directory, error)),
        };
        let mut backups = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden
                && path
                    .extension()
                    .is_some_and(|extension| extension == "json")
            {
                backups.push(read(&path)?);
            }
        }
        backups.sort_by(|a, b| {
            let key = |backup: &Backup| (backup.manifest.started_at, backup.manifest.name.clone());
            key(b).cmp(&key(a))
        });
        Ok(backups)
    }

    /// Returns one backup: by name, by the path of one of its files, or the newest for `latest`.
    ///
    /// # Errors
    /// There is none, or its manifest cannot be read.
    pub fn find(&self, asked: &str) -> Result<Backup, EngineError> {
        let path = Path::new(asked);
        if path.extension().is_some_and(|e| e == "json" || e == "dump") && path.exists() {
            return Ok(read(&path.with_extension("json"))?);
        }
        let backups = self.list()?;
        let found = if asked == "latest" {
            backups.first()
        } else {
            backups.iter().find(|backup| backup.manifest.name == asked)
        };
        match found {
            Some(backup) => Ok(backup.clone()),
            None => Err(BackupError::NotFound {
                asked: asked.to_owned(),
                directory: self.directory.clone(),
                near: nearest(
                    asked,
                    backups.iter().map(|backup| backup.manifest.name.as_str()),
                )
                .map(str::to_owned),
            }
            .into()),
        }
    }

    /// Returns the backups that a rule lets go, of each database on its own. The newest of a database always stays.
    ///
    /// # Errors
    /// As [`Store::list`].
    pub fn dispensable(
        &self,
        retention: Retention,
        now: DateTime<Utc>,
    ) -> Result<Vec<Backup>, EngineError> {
        let mut seen = std::collections::HashMap::<String, usize>::new();
        let mut go = Vec::new();
        for backup in self.list()? {
            let manifest = &backup.manifest;
            let key = format!(
                "{}/{}",
                manifest.system_identifier.as_deref().unwrap_or_default(),
                manifest.database
            );
            let place = seen.entry(key).or_default();
            *place += 1;
            let too_many = retention.keep.is_some_and(|keep| *place > keep);
            let too_old = retention.older_than.is_some_and(|age| {
                (now - manifest.started_at)
                    .to_std()
                    .is_ok_and(|is| is > age)
            });
            // Both rules given: what either keeps stays.
            let goes = match (retention.keep, retention.older_than) {
                (Some(_), Some(_)) => too_many && too_old,
                _ => too_many || too_old,
            };
            if goes && *place > 1 {
                go.push(backup);
            }
        }
        Ok(go)
    }

    /// Removes a backup: the manifest first, so that no manifest is ever without its dump.
    ///
    /// # Errors
    /// The system's reason.
    pub fn remove(&self, backup: &Backup) -> Result<(), EngineError> {
        for path in [backup.manifest_path(), backup.dump()] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(EngineError::io("remove", path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Backup, BackupError> {
    let bad = |why: String| BackupError::BadManifest {
        path: path.to_owned(),
        why,
    };
    let text =
        std::fs::read_to_string(path).map_err(|error| bad(crate::error::plain_io(&error)))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
    if manifest.format > FORMAT {
        return Err(bad(format!(
            "it has layout {}, and this version of rev knows {FORMAT}",
            manifest.format
        )));
    }
    // The name leads to the dump; one that leads elsewhere was not written by us.
    if path.file_stem().and_then(|stem| stem.to_str()) != Some(manifest.name.as_str()) {
        return Err(bad(format!("it calls itself `{}`", manifest.name)));
    }
    Ok(Backup {
        manifest,
        directory: path.parent().unwrap_or(Path::new(".")).to_owned(),
    })
}
