//! Revision files as a graph: all headers read at once, in parallel; a body only when a step needs it.
//!
//! Reading takes no database and no runtime, so a runner may do it on a thread of its own while it connects.

mod cache;
mod error;
mod read;

use crate::error::{EngineError, Place};
use crate::project::Project;
use rev_dag::{GraphError, Revision, RevisionGraph, RevisionId};
use rev_template::{Header, RevisionFile};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub use error::HistoryError;

/// The revisions of a project: the graph, and for each revision its file.
#[derive(Debug)]
pub struct History {
    /// How the revisions hang together.
    pub graph: RevisionGraph,
    entries: Vec<RevisionEntry>,
    index: HashMap<RevisionId, usize>,
}

/// One revision file.
#[derive(Debug)]
pub struct RevisionEntry {
    /// Where it lies.
    pub path: PathBuf,
    /// The same as a person in the starting folder would type it.
    pub shown: PathBuf,
    /// Its header.
    pub header: Header,
    /// Its text, where that is part of the program ([`History::from_texts`]).
    text: Option<Cow<'static, str>>,
}

impl History {
    /// Reads the headers of all revision files of a project and checks that the graph is sound.
    ///
    /// # Errors
    /// A location or file that cannot be read, a header that cannot be understood, or a graph that is unsound; each
    /// with its file.
    pub fn read(project: &Project) -> Result<Self, EngineError> {
        let files = read::list(project)?;
        let (entries, revisions) =
            read::entries(files, project.root(), |path| project.shown(path))?;
        Self::build(entries, revisions)
    }

    /// Reads the history of a project that may not have written its first revision yet: no folder is no history.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn read_or_empty(project: &Project) -> Result<Self, EngineError> {
        match Self::read(project) {
            Err(EngineError::History(HistoryError::MissingLocation { .. })) => {
                Self::build(Vec::new(), Vec::new())
            }
            other => other,
        }
    }

    /// Builds a history from texts that are part of the program, each with the name to show for it.
    ///
    /// # Errors
    /// As [`History::read`].
    pub fn from_texts(
        texts: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Result<Self, EngineError> {
        let mut entries = Vec::new();
        for (name, text) in texts {
            let header = rev_template::parse_header(text)
                .map_err(|error| HistoryError::bad_file(Path::new(name), error))?;
            entries.push(RevisionEntry {
                path: name.into(),
                shown: name.into(),
                header,
                text: Some(Cow::Borrowed(text)),
            });
        }
        let revisions = entries
            .iter()
            .map(|entry| as_revision(&entry.header))
            .collect();
        Self::build(entries, revisions)
    }

    /// Adds revisions that have no file here, from texts kept elsewhere. What the files say stays; a label that one of them
    /// gives already is left out.
    ///
    /// # Errors
    /// A text cannot be understood, or files and texts make no sound graph together.
    pub(crate) fn take_in(
        &mut self,
        texts: impl IntoIterator<Item = (PathBuf, String)>,
    ) -> Result<(), EngineError> {
        let mut entries = std::mem::take(&mut self.entries);
        let mut revisions: Vec<Revision> = self.graph.revisions().cloned().collect();
        let taken: HashSet<String> = revisions
            .iter()
            .flat_map(|revision| revision.branch_labels.iter().cloned())
            .collect();
        // The graph has its own order; entries and revisions go by one position.
        entries.sort_by_cached_key(|entry| RevisionId::from(entry.header.revision.as_str()));
        revisions.sort_by(|left, right| left.id.cmp(&right.id));
        for (path, text) in texts {
            let mut header = rev_template::parse_header(&text)
                .map_err(|error| HistoryError::bad_file(&path, error))?;
            header.branch_labels.retain(|label| !taken.contains(label));
            revisions.push(as_revision(&header));
            entries.push(RevisionEntry {
                shown: path.clone(),
                path,
                header,
                text: Some(Cow::Owned(text)),
            });
        }
        *self = Self::build(entries, revisions)?;
        Ok(())
    }

    fn build(entries: Vec<RevisionEntry>, revisions: Vec<Revision>) -> Result<Self, EngineError> {
        let mut index = HashMap::with_capacity(entries.len());
        for (position, revision) in revisions.iter().enumerate() {
            if index.insert(revision.id.clone(), position).is_some() {
                return Err(duplicate(&entries));
            }
        }
        match RevisionGraph::new(revisions) {
            Ok(graph) => Ok(Self {
                graph,
                entries,
                index,
            }),
            Err(error) => Err(unsound(error, |id| {
                index.get(id).map(|position| &entries[*position])
            })),
        }
    }

    /// Returns a revision's file.
    ///
    /// # Errors
    /// The revision is not one of this history's.
    pub fn file(&self, revision: &RevisionId) -> Result<&RevisionEntry, EngineError> {
        self.index
            .get(revision)
            .map(|position| &self.entries[*position])
            .ok_or_else(|| {
                GraphError::UnknownRevision {
                    asked: revision.to_string(),
                    near: Vec::new(),
                }
                .into()
            })
    }

    /// Returns all files, in no particular order.
    pub fn files(&self) -> impl Iterator<Item = &RevisionEntry> {
        self.entries.iter()
    }

    /// Returns the whole text of a revision's file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn text(&self, revision: &RevisionId) -> Result<Cow<'static, str>, EngineError> {
        let entry = self.file(revision)?;
        match &entry.text {
            Some(text) => Ok(text.clone()),
            None => read::text(&entry.path, &entry.shown).map(Cow::Owned),
        }
    }

    /// Returns a revision's file, header and sections, read and understood.
    ///
    /// # Errors
    /// The file cannot be read, or is no revision file; with its line.
    pub fn body(&self, revision: &RevisionId) -> Result<RevisionFile, EngineError> {
        let text = self.text(revision)?;
        let entry = self.file(revision)?;
        Ok(rev_template::parse(&text)
            .map_err(|error| HistoryError::bad_file(&entry.shown, error))?)
    }
}

/// Returns the part of a header that the graph speaks of.
pub(crate) fn as_revision(header: &Header) -> Revision {
    Revision {
        id: RevisionId::from(header.revision.as_str()),
        down_revisions: header
            .down_revision
            .iter()
            .map(|parent| RevisionId::from(parent.as_str()))
            .collect(),
        depends_on: header.depends_on.clone(),
        branch_labels: header.branch_labels.clone(),
        create_date: header.create_date.timestamp(),
        message: header.message.clone(),
    }
}

/// Names two files with one identifier. Files come in no particular order, so the first by name is looked for: the same
/// fault on every machine.
fn duplicate(entries: &[RevisionEntry]) -> EngineError {
    let mut named: Vec<(&str, &PathBuf)> = entries
        .iter()
        .map(|entry| (entry.header.revision.as_str(), &entry.shown))
        .collect();
    named.sort_unstable();
    let pair = named.windows(2).find(|pair| pair[0].0 == pair[1].0);
    match pair {
        Some([(id, first), (_, second)]) => HistoryError::DuplicateRevision {
            revision: RevisionId::from(*id),
            files: [(*first).clone(), (*second).clone()],
        }
        .into(),
        _ => EngineError::Internal {
            message: "a duplicate revision that is none".to_owned(),
        },
    }
}

/// Adds the file to what the graph found: the graph knows ids only.
fn unsound<'a>(
    error: GraphError,
    file: impl Fn(&RevisionId) -> Option<&'a RevisionEntry>,
) -> EngineError {
    let (revision, key) = match &error {
        GraphError::MissingParent { revision, .. } => (Some(revision), "down_revision"),
        GraphError::MissingDependency { revision, .. }
        | GraphError::AmbiguousDependency { revision, .. } => (Some(revision), "depends_on"),
        GraphError::IllegalLabel { revision, .. } | GraphError::DuplicateLabel { revision, .. } => {
            (Some(revision), "branch_labels")
        }
        GraphError::IllegalId { revision } => (Some(revision), "revision"),
        GraphError::Cycle { path } => (path.first(), "down_revision"),
        _ => (None, "revision"),
    };
    let place = revision.and_then(file).map(|entry| Place {
        line: read::line_of_key(entry.text.as_deref(), &entry.path, key),
        file: entry.shown.clone(),
    });
    HistoryError::Unsound { place, error }.into()
}

#[cfg(test)]
mod tests;
