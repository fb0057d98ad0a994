//! `rebase`: a branch put on top of another, instead of a merge revision.

use crate::error::EngineError;
use crate::files;
use crate::history::{History, HistoryError, as_revision};
use crate::project::Project;
use rev_dag::{RevisionGraph, RevisionId};
use rev_template::RevisionFile;
use std::collections::HashSet;
use std::path::PathBuf;

/// What `rebase` is asked to do.
#[derive(Debug, Clone)]
pub struct RebaseOptions {
    /// A revision of the branch that moves.
    pub revision: String,
    /// The revision it is put on.
    pub onto: String,
    /// The rows of the database, where one is configured; what they contain cannot move.
    pub rows: Option<Vec<String>>,
}

/// What `rebase` did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebaseReport {
    /// The revision whose parent changed: the lowest of the branch.
    pub moved: RevisionId,
    /// Its parents before.
    pub before: Vec<RevisionId>,
    /// Its parent now.
    pub onto: RevisionId,
    /// What follows it and moves along.
    pub followers: Vec<RevisionId>,
    /// The file that changed.
    pub shown: PathBuf,
}

/// Why a branch cannot be moved.
#[derive(Debug, thiserror::Error)]
pub enum RebaseError {
    /// The branch, or a part of it, is applied.
    #[error("revision `{revision}` is applied to the database; it cannot move")]
    Applied {
        /// An applied revision of the branch.
        revision: RevisionId,
    },
    /// It is there already.
    #[error("`{revision}` already contains `{onto}`")]
    AlreadyThere {
        /// The revision to move.
        revision: RevisionId,
        /// Where to.
        onto: RevisionId,
    },
    /// The new parent stands on what is to move.
    #[error("`{onto}` is built on `{revision}`")]
    OntoItself {
        /// The revision to move.
        revision: RevisionId,
        /// Where to.
        onto: RevisionId,
    },
    /// What is to move is a merge.
    #[error("`{revision}` is a merge of {}; it has no one parent to change", parents.iter().map(|parent| format!("`{parent}`")).collect::<Vec<_>>().join(" and "))]
    Merge {
        /// The merge.
        revision: RevisionId,
        /// Its parents.
        parents: Vec<RevisionId>,
    },
    /// The header is written in a way that cannot be changed in place.
    #[error("{}: cannot change `down_revision` in this header", file.display())]
    Unchangeable {
        /// The file.
        file: PathBuf,
    },
}

impl RebaseError {
    /// Returns the snake_case name of what went wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Applied { .. } => "already_applied",
            Self::AlreadyThere { .. } => "already_there",
            Self::OntoItself { .. } => "onto_itself",
            Self::Merge { .. } => "merge_cannot_move",
            Self::Unchangeable { .. } => "unchangeable_header",
        }
    }

    /// Returns the next step.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Applied { revision } => format!(
                "join the branches with `rev merge`, or undo it first: `rev downgrade {revision}-1`"
            ),
            Self::AlreadyThere { .. } => "there is nothing to do".into(),
            Self::OntoItself { onto, .. } => format!("name a head of another branch, not `{onto}`"),
            Self::Merge { .. } => "rebase the branches it merges, then delete it".into(),
            Self::Unchangeable { .. } => "edit the file by hand: `rev edit`".into(),
        })
    }
}

/// Changes the parent of the lowest revision of a branch, so that the whole branch stands on `onto`.
///
/// # Errors
/// Names that cannot be resolved, a branch that is applied, a merge, a cycle; nothing is written then.
pub fn rebase(project: &Project, options: &RebaseOptions) -> Result<RebaseReport, EngineError> {
    let history = History::read(project)?;
    let graph = &history.graph;
    let revision = graph.resolve_revision(&options.revision)?;
    let onto = graph.resolve_revision(&options.onto)?;
    let below_onto: HashSet<RevisionId> = graph.ancestors([onto.as_str()]).into_iter().collect();
    if below_onto.contains(&revision) {
        return Err(RebaseError::OntoItself { revision, onto }.into());
    }
    if graph.ancestors([revision.as_str()]).contains(&onto) {
        return Err(RebaseError::AlreadyThere { revision, onto }.into());
    }
    let moved = lowest(graph, revision, &below_onto)?;
    let followers: Vec<RevisionId> = graph
        .descendants([moved.as_str()])
        .into_iter()
        .filter(|follower| *follower != moved)
        .collect();
    refuse_applied(graph, options, &moved, &followers)?;
    let before = graph.parents(&moved);
    change_parent(project, &history, &moved, &onto)?;
    Ok(RebaseReport {
        shown: history.file(&moved)?.shown.clone(),
        moved,
        before,
        onto,
        followers,
    })
}

/// Walks down from a revision to the first of its branch: the last one that `onto` does not contain.
fn lowest(
    graph: &RevisionGraph,
    revision: RevisionId,
    below_onto: &HashSet<RevisionId>,
) -> Result<RevisionId, RebaseError> {
    let mut at = revision;
    loop {
        match graph.parents(&at).as_slice() {
            [] => return Ok(at),
            [parent] if below_onto.contains(parent) => return Ok(at),
            [parent] => at = parent.clone(),
            parents => {
                return Err(RebaseError::Merge {
                    revision: at,
                    parents: parents.to_vec(),
                });
            }
        }
    }
}

fn refuse_applied(
    graph: &RevisionGraph,
    options: &RebaseOptions,
    moved: &RevisionId,
    followers: &[RevisionId],
) -> Result<(), RebaseError> {
    let Some(rows) = &options.rows else {
        return Ok(());
    };
    let applied: HashSet<RevisionId> = graph
        .ancestors(rows.iter().map(String::as_str))
        .into_iter()
        .collect();
    match std::iter::once(moved)
        .chain(followers)
        .find(|revision| applied.contains(*revision))
    {
        Some(revision) => Err(RebaseError::Applied {
            revision: revision.clone(),
        }),
        None => Ok(()),
    }
}

/// Rewrites one line of the header, and only if reading the result back gives the same revision with another parent.
fn change_parent(
    project: &Project,
    history: &History,
    moved: &RevisionId,
    onto: &RevisionId,
) -> Result<(), EngineError> {
    let entry = history.file(moved)?;
    let text = history.text(moved)?;
    let before = history.body(moved)?;
    let mut wanted = before.clone();
    wanted.header.down_revision = vec![onto.to_string()];
    let unchangeable = || RebaseError::Unchangeable {
        file: entry.shown.clone(),
    };
    let changed = with_parent(&text, onto).ok_or_else(unchangeable)?;
    match rev_template::parse(&changed) {
        Ok(read) if same(&read, &wanted) => {}
        _ => return Err(unchangeable().into()),
    }
    let all = history.files().map(|other| {
        as_revision(if other.path == entry.path {
            &wanted.header
        } else {
            &other.header
        })
    });
    RevisionGraph::new(all).map_err(|error| HistoryError::Unsound { place: None, error })?;
    let path = std::fs::canonicalize(&entry.path)
        .map_err(|error| EngineError::io("read", &entry.shown, error))?;
    files::replace(&path, &changed).map_err(|error| match error {
        EngineError::Io { doing, source, .. } => {
            EngineError::io(doing, project.shown(&entry.path), source)
        }
        other => other,
    })
}

/// Compares what two files say; lines may have moved.
fn same(left: &RevisionFile, right: &RevisionFile) -> bool {
    let downgrade =
        |file: &RevisionFile| file.downgrade.as_ref().map(|section| section.text.clone());
    left.header == right.header
        && left.upgrade.text == right.upgrade.text
        && downgrade(left) == downgrade(right)
}

/// Returns the text with another value for `down_revision`, a list over several lines included.
fn with_parent(text: &str, onto: &RevisionId) -> Option<String> {
    let mut lines = text.split_inclusive('\n');
    let mut out = String::with_capacity(text.len());
    let key = loop {
        let line = lines.next()?;
        if line.trim_start().starts_with("down_revision:") {
            break line;
        }
        out.push_str(line);
    };
    let indent = &key[..key.len() - key.trim_start().len()];
    let end = if key.ends_with("\r\n") { "\r\n" } else { "\n" };
    let value = serde_yaml::to_string(onto.as_str()).ok()?;
    out.push_str(&format!("{indent}down_revision: {}{end}", value.trim_end()));
    let mut rest = lines.skip_while(|line| {
        let inside = line.len() - line.trim_start().len() > indent.len()
            || line.trim_start().starts_with("- ");
        inside && !line.trim_start().starts_with("*/")
    });
    rest.by_ref().for_each(|line| out.push_str(line));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_of_the_header_changes_and_nothing_else() {
        let check = |text: &str, wanted: &str| {
            assert_eq!(
                with_parent(text, &RevisionId::from("new1")).as_deref(),
                Some(wanted)
            )
        };
        check(
            "/*\nrevision: b\ndown_revision: a\nmessage: m\n*/\nx",
            "/*\nrevision: b\ndown_revision: new1\nmessage: m\n*/\nx",
        );
        check(
            "/*\n  down_revision:\n    - a\n    - b\n  message: m\n*/\n",
            "/*\n  down_revision: new1\n  message: m\n*/\n",
        );
        check(
            "/*\r\ndown_revision: null\r\n*/\r\n",
            "/*\r\ndown_revision: new1\r\n*/\r\n",
        );
        check(
            "/*\ndown_revision:\n- a\n- b\nmessage: m\n*/\n",
            "/*\ndown_revision: new1\nmessage: m\n*/\n",
        );
        assert_eq!(
            with_parent(
                "/*\n{revision: b, down_revision: a}\n*/",
                &RevisionId::from("new1")
            ),
            None
        );
    }
}
