//! `merge`: several heads become one.

use crate::error::EngineError;
use crate::history::History;
use crate::new_revision::{NewRevision, NewRevisionError, NewRevisionOptions};
use crate::ports::{Clock, IdSource};
use crate::project::Project;
use rev_dag::{RevisionGraph, RevisionId};

/// Writes a revision whose parents are the given heads.
///
/// # Errors
/// Fewer than two heads, one that is no head (without `splice`), an unsound history, or a file that cannot be written.
pub fn merge(
    project: &Project,
    options: &NewRevisionOptions,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Result<NewRevision, EngineError> {
    let history = History::read(project)?;
    let parents = named(&history.graph, &options.heads)?;
    if parents.len() < 2 {
        return Err(NewRevisionError::NothingToMerge { heads: parents }.into());
    }
    let mut options = options.clone();
    if options.message.is_empty() {
        options.message = default_message(&history.graph, &parents);
    }
    options.heads = parents.iter().map(RevisionId::to_string).collect();
    let new = NewRevision::plan(project, &history, &options, clock, ids)?;
    new.write(project, "", "")?;
    Ok(new)
}

fn named(graph: &RevisionGraph, asked: &[String]) -> Result<Vec<RevisionId>, EngineError> {
    let mut parents = Vec::new();
    for asked in asked {
        for parent in graph.resolve_revisions(asked)? {
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
    }
    Ok(parents)
}

/// Names the lines that come together by their labels where each has one, else by their heads.
fn default_message(graph: &RevisionGraph, parents: &[RevisionId]) -> String {
    let labels: Vec<&str> = parents
        .iter()
        .filter_map(|parent| graph.labels_of(parent).first().copied())
        .collect();
    let distinct = labels
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    let names: Vec<String> = if distinct == parents.len() {
        labels.into_iter().map(str::to_owned).collect()
    } else {
        parents.iter().map(RevisionId::to_string).collect()
    };
    match names.split_last() {
        Some((last, [first])) => format!("merge {first} and {last}"),
        Some((last, rest)) => format!("merge {} and {last}", rest.join(", ")),
        None => "merge".to_owned(),
    }
}
