//! The history as one HTML page that needs nothing else: no network, no server, no build.
//!
//! One row a revision, newest on top, like a log; one lane a line of revisions. The places are worked out here, the page
//! only draws what can be seen, so that 20,000 revisions scroll as well as five.

use chrono::SecondsFormat;
use rev_dag::{RevisionId, Standing};
use rev_engine::{EngineError, History};
use serde_json::{Value, json};

use super::rows::Rows;

const PAGE: &str = include_str!("graph_page.html");

/// Returns the page.
///
/// # Errors
/// A revision's body cannot be read.
pub fn page(
    history: &History,
    newest_first: &[RevisionId],
    standing: impl Fn(&RevisionId) -> Standing,
) -> Result<String, EngineError> {
    let rows = Rows::new(&history.graph, newest_first);
    let graph = &history.graph;
    let ids = |ids: Vec<RevisionId>| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
    let mut nodes = Vec::with_capacity(newest_first.len());
    for (row, id) in newest_first.iter().enumerate() {
        let entry = history.file(id)?;
        let body = history.body(id)?;
        nodes.push(json!({
            "id": id.as_str(),
            "lane": rows.lanes[row],
            "parents": entry.header.down_revision,
            "children": ids(graph.children(id)),
            "dependencies": ids(graph.dependencies(id)),
            "labels": entry.header.branch_labels,
            "message": entry.header.message,
            "date": entry.header.create_date.to_rfc3339_opts(SecondsFormat::Secs, true),
            "path": entry.shown.display().to_string(),
            "irreversible": entry.header.irreversible,
            "standing": match standing(id) {
                Standing::Unknown => None,
                Standing::Applied => Some("applied"),
                Standing::Current => Some("current"),
                Standing::Pending => Some("pending"),
            },
            "upgrade": body.upgrade.text,
            "downgrade": body.downgrade.map(|section| section.text),
        }));
    }
    let links: Vec<Value> = rows
        .links
        .iter()
        .map(|link| json!([link.upper, link.lower, link.lane, u8::from(link.parent)]))
        .collect();
    let data = json!({"nodes": nodes, "links": links, "lanes": rows.width}).to_string();
    // Nothing in the data may end the script element it stands in.
    Ok(PAGE.replace("/*DATA*/", &data.replace('<', "\\u003c")))
}
