//! A revision that is about to be written: its parents chosen, its header made, its place known, all of it checked
//! against the graph before the first byte is on disk. `revision`, `merge` and `autogenerate` share it.

use crate::error::EngineError;
use crate::files;
use crate::history::{History, as_revision};
use crate::ports::{Clock, IdSource};
use crate::project::Project;
use chrono::SubsecRound;
use rev_dag::{GraphError, RevisionGraph, RevisionId};
use rev_template::{Draft, Header};
use std::path::{Path, PathBuf};

/// What a person says about a new revision.
#[derive(Debug, Clone, Default)]
pub struct NewRevisionOptions {
    /// What it is for.
    pub message: String,
    /// Its parents: targets such as `head`, `billing@head`, an id, or `base` for none. Empty means `head`.
    pub heads: Vec<String>,
    /// Whether a parent may have children already, which makes it a branch point.
    pub splice: bool,
    /// Names for the line of revisions that starts here.
    pub branch_labels: Vec<String>,
    /// What must be applied first without being a parent.
    pub depends_on: Vec<String>,
    /// The folder it goes to; one of the project's, or inside one.
    pub version_path: Option<PathBuf>,
    /// Its identifier; made up when `None`.
    pub rev_id: Option<String>,
}

/// A revision that can be written.
#[derive(Debug, Clone)]
pub struct NewRevision {
    /// Its header.
    pub header: Header,
    /// The file it will be.
    pub path: PathBuf,
    /// The same as a person would type it.
    pub shown: PathBuf,
}

/// Why a revision cannot be made that way.
#[derive(Debug, thiserror::Error)]
pub enum NewRevisionError {
    /// The parent has children, and nobody said that a branch is wanted.
    #[error("`{asked}` is not a head: {} already", followed(children))]
    NotAHead {
        /// The parent asked for.
        asked: RevisionId,
        /// What follows it.
        children: Vec<RevisionId>,
        /// The heads there are.
        heads: Vec<RevisionId>,
    },
    /// A merge of fewer than two.
    #[error("there is nothing to merge: {}", match heads.as_slice() { [] => "the history is empty".to_owned(), [one] => format!("`{one}` is the only one named"), _ => "name two heads".to_owned() })]
    NothingToMerge {
        /// What was named.
        heads: Vec<RevisionId>,
    },
    /// The identifier is taken.
    #[error("revision `{revision}` exists already: {}", file.display())]
    RevisionExists {
        /// The identifier.
        revision: String,
        /// Whose it is.
        file: PathBuf,
    },
    /// The history would not be sound with it.
    #[error(transparent)]
    Refused(GraphError),
    /// `--version-path` leads elsewhere.
    #[error("{} is not one of the revisions folders", asked.display())]
    UnknownLocation {
        /// The folder asked for.
        asked: PathBuf,
        /// The folders there are.
        known: Vec<PathBuf>,
    },
}

impl NewRevisionError {
    /// Returns the snake_case name of what went wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAHead { .. } => "not_a_head",
            Self::NothingToMerge { .. } => "nothing_to_merge",
            Self::RevisionExists { .. } => "revision_exists",
            Self::Refused(error) => error.code(),
            Self::UnknownLocation { .. } => "unknown_location",
        }
    }

    /// Returns the next step.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAHead { heads, .. } => {
                let heads: Vec<_> = heads.iter().map(|head| format!("`{head}`")).collect();
                Some(format!(
                    "pass --splice to make a branch there on purpose; the heads are {}",
                    heads.join(", ")
                ))
            }
            Self::NothingToMerge { .. } => Some("`rev heads` lists the heads".into()),
            Self::RevisionExists { .. } => {
                Some("choose another with --rev-id, or leave it out".into())
            }
            Self::Refused(error) => error.hint(),
            Self::UnknownLocation { known, .. } => {
                let known: Vec<_> = known
                    .iter()
                    .map(|path| path.display().to_string())
                    .collect();
                Some(format!(
                    "`revisions:` in rev.yaml has: {}",
                    known.join(", ")
                ))
            }
        }
    }
}

impl NewRevision {
    /// Chooses parents, identifier and place, and checks that the graph with the new revision is sound.
    ///
    /// # Errors
    /// A parent that does not exist or is no head, a dependency that does not exist, a label or identifier that is taken …
    pub fn plan(
        project: &Project,
        history: &History,
        options: &NewRevisionOptions,
        clock: &dyn Clock,
        ids: &dyn IdSource,
    ) -> Result<Self, EngineError> {
        let graph = &history.graph;
        let parents = parents(graph, options)?;
        // To the second: that is what people read, and what the graph breaks ties by.
        let create_date = clock.now().trunc_subsecs(0);
        let down_revision: Vec<String> = parents.iter().map(RevisionId::to_string).collect();
        let revision = match &options.rev_id {
            Some(id) => id.clone(),
            None => {
                rev_template::new_id(&down_revision, &options.message, create_date, ids.random())
            }
        };
        let header = Header {
            revision,
            down_revision,
            message: options.message.clone(),
            create_date,
            branch_labels: options.branch_labels.clone(),
            depends_on: options
                .depends_on
                .iter()
                .map(|asked| dependency(graph, asked))
                .collect::<Result<_, _>>()?,
            irreversible: None,
            replaces: Vec::new(),
        };
        check_with(history, &header)?;
        let folder = location(project, history, options, &parents)?;
        let name = rev_template::file_name(project.settings().file_name.as_deref(), &header)?;
        let path = folder.join(name);
        if path.exists() {
            return Err(EngineError::FileExists {
                path: project.shown(&path),
            });
        }
        Ok(Self {
            shown: project.shown(&path),
            path,
            header,
        })
    }

    /// Returns the text of the file.
    ///
    /// # Errors
    /// The project's own template does not work.
    pub fn render(
        &self,
        project: &Project,
        upgrade: &str,
        downgrade: &str,
    ) -> Result<String, EngineError> {
        let draft = Draft {
            header: self.header.clone(),
            upgrade: upgrade.to_owned(),
            downgrade: downgrade.to_owned(),
        };
        Ok(rev_template::render(
            &draft,
            project.template()?.as_deref(),
        )?)
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// The template does not work, or the file cannot be written.
    pub fn write(
        &self,
        project: &Project,
        upgrade: &str,
        downgrade: &str,
    ) -> Result<(), EngineError> {
        self.write_text(&self.render(project, upgrade, downgrade)?)
    }

    /// Writes the file with a text that was rendered before.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_text(&self, text: &str) -> Result<(), EngineError> {
        files::write_new(&self.path, text).map_err(|error| match error {
            EngineError::FileExists { .. } => EngineError::FileExists {
                path: self.shown.clone(),
            },
            other => other,
        })
    }
}

fn followed(children: &[RevisionId]) -> String {
    let names: Vec<_> = children.iter().map(|child| format!("`{child}`")).collect();
    format!(
        "{} follow{} it",
        names.join(", "),
        if names.len() == 1 { "s" } else { "" }
    )
}

fn parents(
    graph: &RevisionGraph,
    options: &NewRevisionOptions,
) -> Result<Vec<RevisionId>, EngineError> {
    let mut parents: Vec<RevisionId> = Vec::new();
    if options.heads.is_empty() && !graph.is_empty() {
        parents = vec![graph.resolve_revision("head")?];
    }
    for asked in options.heads.iter().filter(|asked| *asked != "base") {
        for parent in graph.resolve_revisions(asked)? {
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
    }
    if !options.splice {
        for parent in &parents {
            let children = graph.children(parent);
            if !children.is_empty() {
                return Err(NewRevisionError::NotAHead {
                    asked: parent.clone(),
                    children,
                    heads: graph.heads(),
                }
                .into());
            }
        }
    }
    Ok(parents)
}

/// A label stays a label, because it means whatever carries it; the start of an id becomes the whole id.
fn dependency(graph: &RevisionGraph, asked: &str) -> Result<String, EngineError> {
    if graph
        .branch_labels()
        .iter()
        .any(|(label, _)| *label == asked)
    {
        return Ok(asked.to_owned());
    }
    Ok(graph.resolve_revision(asked)?.to_string())
}

/// Whatever the graph would refuse once the file is there is refused before.
fn check_with(history: &History, header: &Header) -> Result<(), EngineError> {
    if let Some(entry) = history
        .files()
        .find(|entry| entry.header.revision == header.revision)
    {
        return Err(NewRevisionError::RevisionExists {
            revision: header.revision.clone(),
            file: entry.shown.clone(),
        }
        .into());
    }
    let all = history
        .files()
        .map(|entry| as_revision(&entry.header))
        .chain([as_revision(header)]);
    RevisionGraph::new(all).map_err(NewRevisionError::Refused)?;
    Ok(())
}

/// An explicit `--version-path` first; beside the parent when the parent was named; else the first folder.
fn location(
    project: &Project,
    history: &History,
    options: &NewRevisionOptions,
    parents: &[RevisionId],
) -> Result<PathBuf, EngineError> {
    let known: Vec<PathBuf> = project
        .settings()
        .revisions
        .iter()
        .map(|folder| project.path(folder))
        .collect();
    if let Some(asked) = &options.version_path {
        let tries = [project.start().join(asked), project.path(asked)];
        let found = tries
            .into_iter()
            .map(|path| tidy(&path))
            .find(|path| known.iter().any(|folder| path.starts_with(tidy(folder))));
        let known = known.iter().map(|path| project.shown(path)).collect();
        return found.ok_or_else(|| {
            NewRevisionError::UnknownLocation {
                asked: asked.clone(),
                known,
            }
            .into()
        });
    }
    if !options.heads.is_empty()
        && let Some(parent) = parents.first()
    {
        let beside = history.file(parent)?;
        if let Some(folder) = known.iter().find(|folder| beside.path.starts_with(folder)) {
            return Ok(folder.clone());
        }
    }
    Ok(known
        .into_iter()
        .next()
        .unwrap_or_else(|| project.path("revisions")))
}

/// Returns a path without `.` and `..`, as text alone: the folder may not be there yet.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
