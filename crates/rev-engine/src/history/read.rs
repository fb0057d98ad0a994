//! Finding revision files and reading their headers.
//!
//! A history of ten thousand files is read at every start, so nothing is done twice: names come from one walk with the
//! types the folder itself tells, a file that did not change since the last run is not opened ([`super::cache`]), of the
//! others one bounded prefix is read (headers are short; longer ones are read on), and the files are shared out among
//! threads.

use super::cache::{Fresh, HeaderCache, Known, Stamp};
use super::{HistoryError, RevisionEntry, as_revision};
use crate::error::EngineError;
use crate::project::Project;
use rev_dag::Revision;
use rev_template::Header;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How much of a file is read at first. A header takes some 300 bytes.
const PREFIX: usize = 1024;

/// Files a thread takes at a time. Below two portions no thread is started: it would cost more than it saves.
const PORTION: usize = 64;

/// Returns the revision files of all locations, in no particular order.
///
/// A location that is not there is an error only when none is: git keeps no empty folders.
pub(super) fn list(project: &Project) -> Result<Vec<PathBuf>, EngineError> {
    let mut files = Vec::new();
    let mut missing = Vec::new();
    let locations = &project.settings().revisions;
    for location in locations {
        let path = project.path(location);
        match std::fs::read_dir(&path) {
            Ok(entries) => walk(project, &path, entries, &mut files)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => missing.push(path),
            Err(error) => return Err(EngineError::io("list", project.shown(&path), error)),
        }
    }
    if missing.len() == locations.len()
        && let Some(path) = missing.first()
    {
        return Err(HistoryError::MissingLocation {
            path: project.shown(path),
        }
        .into());
    }
    // One location may lie inside another; a file is one file however it was reached.
    if locations.len() > 1 {
        files.sort_unstable();
        files.dedup();
    }
    Ok(files)
}

fn walk(
    project: &Project,
    folder: &Path,
    entries: std::fs::ReadDir,
    files: &mut Vec<PathBuf>,
) -> Result<(), EngineError> {
    for entry in entries {
        let failed = |error| EngineError::io("list", project.shown(folder), error);
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        // Hidden: an editor's leftovers, or ours after a crash.
        if name.first() == Some(&b'.') {
            continue;
        }
        let kind = entry.file_type().map_err(failed)?;
        let is_sql = name.ends_with(b".sql");
        if kind.is_file() {
            if is_sql {
                files.push(entry.path());
            }
        } else {
            let path = entry.path();
            if kind.is_dir() || path.is_dir() {
                let below = std::fs::read_dir(&path)
                    .map_err(|error| EngineError::io("list", project.shown(&path), error))?;
                walk(project, &path, below, files)?;
            } else if is_sql {
                files.push(path);
            }
        }
    }
    Ok(())
}

/// Revision files, and what the graph is to know of each, in the same order.
type Entries = (Vec<RevisionEntry>, Vec<Revision>);

/// Reads the headers of files, in no particular order. Of several faults that of the first file by name is reported, so that
/// it is the same everywhere.
pub(super) fn entries(
    files: Vec<PathBuf>,
    root: &Path,
    shown: impl Fn(&Path) -> PathBuf + Sync,
) -> Result<Entries, EngineError> {
    let count = files.len();
    let cache = HeaderCache::open(root, count);
    let known = cache.as_ref().map(HeaderCache::known);
    let fresh: Mutex<Vec<Fresh>> = Mutex::new(Vec::new());
    let threads = if count < 2 * PORTION {
        1
    } else {
        std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8)
    };
    let files = Mutex::new(files.into_iter());
    let faults: Mutex<Vec<(PathBuf, EngineError)>> = Mutex::new(Vec::new());
    let work = || {
        let mut reader = Reader {
            known: known.as_ref(),
            buffer: vec![0; PREFIX],
            fresh: Vec::new(),
        };
        let (mut entries, mut revisions) = (
            Vec::with_capacity(count / threads + PORTION),
            Vec::with_capacity(count / threads + PORTION),
        );
        loop {
            let portion: Vec<PathBuf> = unpoisoned(files.lock()).by_ref().take(PORTION).collect();
            if portion.is_empty() {
                unpoisoned(fresh.lock()).append(&mut reader.fresh);
                return (entries, revisions);
            }
            for path in portion {
                match reader.header(&path, &shown) {
                    Ok(header) => {
                        revisions.push(as_revision(&header));
                        entries.push(RevisionEntry {
                            shown: shown(&path),
                            path,
                            header,
                            text: None,
                        });
                    }
                    Err(error) => unpoisoned(faults.lock()).push((path, error)),
                }
            }
        }
    };
    let (entries, revisions) = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            // A machine that has no thread to give is no reason to fail: there is this one.
            .filter_map(|_| std::thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let (mut entries, mut revisions) = work();
        for other in others {
            let (mut more_entries, mut more_revisions) = other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            entries.append(&mut more_entries);
            revisions.append(&mut more_revisions);
        }
        (entries, revisions)
    });
    let faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
    match faults
        .into_iter()
        .min_by(|left, right| left.0.cmp(&right.0))
    {
        Some((_, error)) => Err(error),
        None => {
            if let (Some(cache), Some(known)) = (&cache, &known) {
                let fresh = fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
                let files = entries.iter().map(|entry| entry.path.as_path());
                cache.remember(known, files, &fresh);
            }
            Ok((entries, revisions))
        }
    }
}

/// A lock is poisoned only by a panic, and a panic ends the process.
fn unpoisoned<T>(lock: Result<T, PoisonError<T>>) -> T {
    lock.unwrap_or_else(PoisonError::into_inner)
}

/// Reads headers, one thread's share of them.
struct Reader<'a> {
    known: Option<&'a Known<'a>>,
    buffer: Vec<u8>,
    fresh: Vec<Fresh>,
}

impl Reader<'_> {
    fn header(
        &mut self,
        path: &Path,
        shown: &impl Fn(&Path) -> PathBuf,
    ) -> Result<Header, EngineError> {
        let failed = |error| EngineError::io("read", shown(path), error);
        if let Some(known) = self.known
            && let Some((stamp, text)) = known.get(path.as_os_str().as_bytes())
            && *stamp == Stamp::of(&std::fs::metadata(path).map_err(failed)?)
            && let Ok(header) = rev_template::parse_header(text)
        {
            return Ok(header);
        }
        let mut file = File::open(path).map_err(failed)?;
        // Looked at before it is read: a change in between makes the stamp stale, not what it stands for.
        let stamp = match self.known {
            Some(_) => Some(Stamp::of(&file.metadata().map_err(failed)?)),
            None => None,
        };
        let length = file.read(&mut self.buffer).map_err(failed)?;
        let start = text_at_start(&self.buffer[..length]);
        match rev_template::parse_header(start) {
            Ok(header) => {
                if let Some(stamp) = stamp {
                    self.fresh.push(Fresh {
                        path: path.to_owned(),
                        stamp,
                        text: start[..rev_template::header_end(start)].to_owned(),
                    });
                }
                Ok(header)
            }
            // It may go on behind the prefix, or the prefix may end within a letter.
            Err(_) if length == self.buffer.len() || start.len() < length => {
                let text = text(path, &shown(path))?;
                rev_template::parse_header(&text)
                    .map_err(|error| HistoryError::bad_file(&shown(path), error).into())
            }
            Err(error) => Err(HistoryError::bad_file(&shown(path), error).into()),
        }
    }
}

/// Returns as much of the bytes as is text.
fn text_at_start(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// Reads a whole file.
pub(super) fn text(path: &Path, shown: &Path) -> Result<String, EngineError> {
    let bytes = std::fs::read(path).map_err(|error| EngineError::io("read", shown, error))?;
    String::from_utf8(bytes).map_err(|_| {
        HistoryError::NotText {
            file: shown.to_owned(),
        }
        .into()
    })
}

/// Returns the line on which a header key stands; errors are rare, so the file is simply read again.
pub(super) fn line_of_key(text: Option<&str>, path: &Path, key: &str) -> Option<u32> {
    let text = match text {
        Some(text) => text.to_owned(),
        None => std::fs::read_to_string(path).ok()?,
    };
    let index = text.lines().position(|line| {
        line.trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with(':'))
    })?;
    u32::try_from(index + 1).ok()
}
