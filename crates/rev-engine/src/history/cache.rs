//! Headers remembered from the last run.
//!
//! Opening, reading and closing a file costs three times what looking at its metadata does, and a start with nothing to
//! do costs little else. So the first bytes of each file are kept beside its *stamp*: device, inode, size, time of last
//! modification and of last change. A file is read again unless all of these are as they were.
//!
//! It can never be wrong for the reason that git's index is not: a program can set the modification time, nobody can set
//! the time of last change. What is left is a change within the same tick of the clock, so a file that changed less than
//! [`SETTLED`] before it was read is not remembered. What is remembered is the header's text, not what it means: parsing
//! is done each time, and a newer `rev` reads it as it reads files.

use crate::dev_database::likely_cache_directory;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Files below which a cache saves less than it costs.
const WORTHWHILE: usize = 64;

/// Seconds that must have passed since a file's last change: more than the coarsest clock of a file system.
const SETTLED: i64 = 3;

/// Starts the file; the number changes with its form.
const MAGIC: &[u8; 16] = b"rev headers v1\n\0";

/// Numbers of a stamp.
const STAMP: usize = 7;

/// What tells that a file is the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([i64; STAMP]);

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Stamp {
        Stamp([
            metadata.dev().cast_signed(),
            metadata.ino().cast_signed(),
            metadata.size().cast_signed(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec(),
        ])
    }

    /// Whether a later change would show, however coarse the clock; a time in the future tells nothing.
    fn has_settled(self, now: i64) -> bool {
        self.0[3].max(self.0[5]) + SETTLED <= now
    }
}

/// Where the headers of one project are remembered.
#[derive(Debug)]
pub(super) struct HeaderCache {
    file: PathBuf,
    bytes: Vec<u8>,
    /// When reading began, in seconds since 1970: what has settled is judged by then, however long reading takes.
    began: i64,
}

/// What is remembered of each file, by its path.
pub(super) type Known<'a> = HashMap<&'a [u8], (Stamp, &'a str)>;

/// What was read of a file in this run, worth remembering.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) path: PathBuf,
    pub(super) stamp: Stamp,
    pub(super) text: String,
}

impl HeaderCache {
    /// Opens the cache of the project in this folder, which may be empty. Returns none where it would be of no use.
    pub(super) fn open(root: &Path, files: usize) -> Option<HeaderCache> {
        if files < WORTHWHILE {
            return None;
        }
        let digest = Sha256::digest(root.as_os_str().as_bytes());
        let name: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let file = likely_cache_directory()?.join(format!("headers-{name}"));
        let bytes = std::fs::read(&file).unwrap_or_default();
        let began = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
        Some(HeaderCache { file, bytes, began })
    }

    /// Returns what is remembered; nothing where the file is damaged or of another form.
    pub(super) fn known(&self) -> Known<'_> {
        index(&self.bytes).unwrap_or_default()
    }

    /// Remembers what was read, and of the other files what is known already, if that is enough to be worth a write.
    ///
    /// Nothing depends on it, so a folder that takes no files is no fault.
    pub(super) fn remember<'p>(
        &self,
        known: &Known<'_>,
        files: impl ExactSizeIterator<Item = &'p Path>,
        fresh: &[Fresh],
    ) {
        let fresh: HashMap<&[u8], &Fresh> = fresh
            .iter()
            .filter(|fresh| fresh.stamp.has_settled(self.began))
            .map(|fresh| (fresh.path.as_os_str().as_bytes(), fresh))
            .collect();
        if fresh.len() * 16 <= files.len() {
            return;
        }
        let mut bytes = MAGIC.to_vec();
        for file in files {
            let path = file.as_os_str().as_bytes();
            match (fresh.get(path), known.get(path)) {
                (Some(fresh), _) => put(&mut bytes, path, fresh.stamp, &fresh.text),
                (None, Some((stamp, text))) => put(&mut bytes, path, *stamp, text),
                (None, None) => {}
            }
        }
        let _ = write(&self.file, &bytes);
    }
}

/// Written beside and renamed: a reader sees the old file or the new one.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let beside = file.with_extension(format!("{}", std::process::id()));
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, file))
        .inspect_err(|_| {
            let _ = std::fs::remove_file(&beside);
        })
}

fn put(bytes: &mut Vec<u8>, path: &[u8], stamp: Stamp, text: &str) {
    for length in [path.len(), text.len()] {
        bytes.extend((length as u64).to_le_bytes());
    }
    for number in stamp.0 {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(path);
    bytes.extend(text.as_bytes());
}

fn index(bytes: &[u8]) -> Option<Known<'_>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut known = Known::with_capacity(rest.len() / 300);
    while !rest.is_empty() {
        let path_length = usize::try_from(number(&mut rest)?).ok()?;
        let text_length = usize::try_from(number(&mut rest)?).ok()?;
        let mut stamp = Stamp([0; STAMP]);
        for field in &mut stamp.0 {
            *field = number(&mut rest)?;
        }
        let path = take(&mut rest, path_length)?;
        let text = std::str::from_utf8(take(&mut rest, text_length)?).ok()?;
        known.insert(path, (stamp, text));
    }
    Some(known)
}

fn number(rest: &mut &[u8]) -> Option<i64> {
    let bytes = take(rest, size_of::<i64>())?;
    Some(i64::from_le_bytes(bytes.try_into().ok()?))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read_and_what_is_cut_is_not() {
        let stamp = Stamp([1, 2, 3, 4, 5, 6, -7]);
        let mut bytes = MAGIC.to_vec();
        put(&mut bytes, b"/a/\xff.sql", stamp, "/* grün */");
        let first = bytes.len();
        put(&mut bytes, b"/a/b.sql", stamp, "");
        let known = index(&bytes).expect("whole");
        assert_eq!(known.len(), 2);
        assert_eq!(known[&b"/a/\xff.sql"[..]], (stamp, "/* grün */"));
        for length in 0..bytes.len() {
            let whole = length == MAGIC.len() || length == first;
            assert_eq!(index(&bytes[..length]).is_some(), whole, "{length}");
        }
    }

    #[test]
    fn only_what_has_settled_is_remembered() {
        let changed = Stamp([0, 0, 0, 50, 0, 100, 0]);
        assert!(!changed.has_settled(100));
        assert!(!changed.has_settled(99));
        assert!(!changed.has_settled(102));
        assert!(changed.has_settled(103));
        // A time of modification in the future, as an unpacked archive may have it.
        assert!(!Stamp([0, 0, 0, 900, 0, 100, 0]).has_settled(200));
    }
}
