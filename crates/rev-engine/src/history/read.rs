//! Finding revision files and reading their headers.
//!
//! A history of ten thousand files is read at every start, so nothing is done twice: names come from one walk with the
//! types the folder itself tells, of each file one bounded prefix is read (headers are short; longer ones are read on),
//! and the files are shared out among threads.

use super::HistoryError;
use crate::error::EngineError;
use crate::project::Project;
use rev_template::Header;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How much of a file is read at first. A header takes some 300 bytes; a page costs no more than a part of one.
const PREFIX: usize = 4096;

/// Files a thread takes at a time. Below two portions no thread is started: it would cost more than it saves.
const PORTION: usize = 64;

/// Returns the revision files of all locations, sorted, so that the same fault is found first everywhere.
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
    files.sort_unstable();
    // One location may lie inside another; a file is one file however it was reached.
    files.dedup();
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

/// A portion's number, and its headers.
type Portion = (usize, Result<Vec<Header>, EngineError>);

/// Reads the headers of files, in their order. Of several faults the first in that order is reported.
pub(super) fn headers(
    files: &[PathBuf],
    shown: impl Fn(&Path) -> PathBuf + Sync,
) -> Result<Vec<Header>, EngineError> {
    if files.len() < 2 * PORTION {
        let mut buffer = vec![0; PREFIX];
        return files
            .iter()
            .map(|path| header(path, &shown, &mut buffer))
            .collect();
    }
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(8);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Portion>> = Mutex::new(Vec::with_capacity(files.len() / PORTION + 1));
    let work = || {
        let mut buffer = vec![0; PREFIX];
        loop {
            let portion = next.fetch_add(1, Ordering::Relaxed);
            let Some(files) = files.chunks(PORTION).nth(portion) else {
                break;
            };
            let headers = files
                .iter()
                .map(|path| header(path, &shown, &mut buffer))
                .collect();
            done.lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .push((portion, headers));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_unstable_by_key(|(portion, _)| *portion);
    let mut all = Vec::with_capacity(files.len());
    for (_, headers) in done {
        all.extend(headers?);
    }
    Ok(all)
}

fn header(
    path: &Path,
    shown: &impl Fn(&Path) -> PathBuf,
    buffer: &mut [u8],
) -> Result<Header, EngineError> {
    let failed = |error| EngineError::io("read", shown(path), error);
    let mut file = File::open(path).map_err(failed)?;
    let length = file.read(buffer).map_err(failed)?;
    let start = text_at_start(&buffer[..length]);
    match rev_template::parse_header(start) {
        Ok(header) => Ok(header),
        // It may go on behind the prefix, or the prefix may end within a letter.
        Err(_) if length == buffer.len() || start.len() < length => {
            let text = text(path, &shown(path))?;
            rev_template::parse_header(&text)
                .map_err(|error| HistoryError::bad_file(&shown(path), error).into())
        }
        Err(error) => Err(HistoryError::bad_file(&shown(path), error).into()),
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
pub(super) fn line_of_key(text: Option<&'static str>, path: &Path, key: &str) -> Option<u32> {
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
