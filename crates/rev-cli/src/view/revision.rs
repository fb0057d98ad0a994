//! A revision as text and as JSON; every command that shows one shows it the same way.

use crate::ui::{Styles, paint};
use chrono::SecondsFormat;
use rev_dag::{RevisionId, Standing};
use rev_engine::{EngineError, History};
use serde_json::{Map, Value, json};
use std::fmt::Write;

use super::object;

/// Returns what a JSON reader gets to know of a revision.
pub fn json(history: &History, id: &RevisionId) -> Result<Map<String, Value>, EngineError> {
    let entry = history.file(id)?;
    let graph = &history.graph;
    let header = &entry.header;
    let ids = |ids: Vec<RevisionId>| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
    Ok(object(json!({
        "revision": header.revision,
        "down_revision": header.down_revision,
        "depends_on": header.depends_on,
        "branch_labels": header.branch_labels,
        "branches": graph.labels_of(id),
        "children": ids(graph.children(id)),
        "message": header.message,
        "create_date": header.create_date.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        "path": entry.shown.display().to_string(),
        "head": graph.children(id).is_empty(),
        "base": header.down_revision.is_empty(),
        "branch_point": graph.children(id).len() > 1,
        "merge_point": header.down_revision.len() > 1,
    })))
}

/// Returns the keys that say how a revision stands to a database; none when none was asked.
pub fn standing(standing: Standing) -> Map<String, Value> {
    match standing {
        Standing::Unknown => Map::new(),
        known => object(
            json!({"applied": known != Standing::Pending, "current": known == Standing::Current}),
        ),
    }
}

/// Returns the revisions of a list as JSON.
pub fn json_list<'a>(
    history: &History,
    ids: impl IntoIterator<Item = &'a RevisionId>,
) -> Result<Vec<Value>, EngineError> {
    ids.into_iter()
        .map(|id| json(history, id).map(Value::Object))
        .collect()
}

/// Returns `3f2a9c1b7d10 (billing) (head)  Add user preferences`.
pub fn line(history: &History, id: &RevisionId, styles: Styles) -> Result<String, EngineError> {
    let message = &history.file(id)?.header.message;
    Ok(format!(
        "{}{}  {}",
        paint(styles.revision, id),
        marks(history, id, styles),
        first_line(message)
    ))
}

/// Returns the labels a revision declares and what it is in the graph: ` (billing) (head) (merge)`.
pub fn marks(history: &History, id: &RevisionId, styles: Styles) -> String {
    let mut out = String::new();
    if let Some(revision) = history.graph.get(id) {
        if !revision.branch_labels.is_empty() {
            let _ = write!(
                out,
                " {}",
                paint(
                    styles.label,
                    format_args!("({})", revision.branch_labels.join(", "))
                )
            );
        }
        let children = history.graph.children(id).len();
        let what = [
            ("head", children == 0),
            ("branch point", children > 1),
            ("merge", revision.down_revisions.len() > 1),
            ("base", revision.down_revisions.is_empty()),
        ];
        for (word, _) in what.iter().filter(|(_, is)| *is) {
            let _ = write!(out, " {}", paint(styles.mark, format_args!("({word})")));
        }
    }
    out
}

/// Returns all there is to say, one fact a line.
pub fn details(history: &History, id: &RevisionId, styles: Styles) -> Result<String, EngineError> {
    let entry = history.file(id)?;
    let header = &entry.header;
    let graph = &history.graph;
    let mut out = format!(
        "{} {}{}\n",
        paint(styles.heading, "Revision:"),
        paint(styles.revision, id),
        marks(history, id, styles)
    );
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(
                out,
                "{} {value}",
                paint(styles.dim, format_args!("{name}:"))
            );
        }
    };
    let list = |ids: &[String]| ids.join(", ");
    fact(
        if header.down_revision.len() > 1 {
            "Merges"
        } else {
            "Parent"
        },
        if header.down_revision.is_empty() {
            "none: a base".to_owned()
        } else {
            list(&header.down_revision)
        },
    );
    fact("Depends on", list(&header.depends_on));
    fact("Branches", graph.labels_of(id).join(", "));
    fact(
        "Children",
        graph
            .children(id)
            .iter()
            .map(RevisionId::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    );
    fact(
        "Created",
        header
            .create_date
            .to_rfc3339_opts(SecondsFormat::Secs, true),
    );
    fact(
        "Irreversible",
        header.irreversible.clone().unwrap_or_default(),
    );
    fact("Replaces", list(&header.replaces));
    fact("Path", entry.shown.display().to_string());
    out.push('\n');
    for line in header.message.lines() {
        let _ = writeln!(out, "    {line}");
    }
    Ok(out)
}

/// Returns the first line of a message.
pub fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}
