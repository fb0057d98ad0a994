//! The history as one HTML page that needs nothing else: no network, no server, no build.
//!
//! One row a revision, newest on top, like a log; one lane a line of revisions. The places are worked out here, the page
//! only draws what can be seen, so that 20,000 revisions scroll as well as five.

use chrono::SecondsFormat;
use rev_dag::RevisionId;
use rev_engine::{EngineError, History};
use serde_json::{Value, json};
use std::collections::HashMap;

const PAGE: &str = include_str!("graph_page.html");

/// Returns the page. `standing` says `applied`, `current` or `pending` where a database was asked.
///
/// # Errors
/// A revision's body cannot be read.
pub fn page(history: &History, newest_first: &[RevisionId], standing: impl Fn(&RevisionId) -> Option<&'static str>) -> Result<String, EngineError> {
    let rows = Rows::new(history, newest_first);
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
            "standing": standing(id),
            "upgrade": body.upgrade.text,
            "downgrade": body.downgrade.map(|section| section.text),
        }));
    }
    let links: Vec<Value> = rows.links.iter().map(|link| json!([link.upper, link.lower, link.lane, u8::from(link.parent)])).collect();
    let data = json!({"nodes": nodes, "links": links, "lanes": rows.width}).to_string();
    // Nothing in the data may end the script element it stands in.
    Ok(PAGE.replace("/*DATA*/", &data.replace('<', "\\u003c")))
}

/// The places of revisions in a picture with one row each.
struct Rows {
    lanes: Vec<usize>,
    links: Vec<Link>,
    width: usize,
}

/// A link from a row to one below it, and the lane in which it runs between the two.
struct Link {
    upper: usize,
    lower: usize,
    lane: usize,
    parent: bool,
}

impl Rows {
    /// Goes from the newest row down. A lane is held by the revision it leads to: its first child's lane goes on to it, and
    /// every other child that waits for it ends there.
    fn new(history: &History, newest_first: &[RevisionId]) -> Self {
        let graph = &history.graph;
        let row_of: HashMap<&RevisionId, usize> = newest_first.iter().enumerate().map(|(row, id)| (id, row)).collect();
        let mut held: Vec<Option<usize>> = Vec::new();
        let mut rows = Self { lanes: Vec::with_capacity(newest_first.len()), links: Vec::new(), width: 1 };
        for (row, id) in newest_first.iter().enumerate() {
            let lane = held.iter().position(|held| *held == Some(row)).unwrap_or_else(|| free(&mut held));
            for other in &mut held {
                if *other == Some(row) {
                    *other = None;
                }
            }
            rows.lanes.push(lane);
            let parents = graph.parents(id);
            let needs = parents.iter().map(|need| (need.clone(), true)).chain(graph.dependencies(id).into_iter().map(|need| (need, false)));
            for (index, (need, parent)) in needs.enumerate() {
                let Some(&lower) = row_of.get(&need) else { continue };
                let lane = if index == 0 && parent && held.get(lane).is_none_or(Option::is_none) {
                    lane
                } else if let Some(waiting) = held.iter().position(|held| *held == Some(lower)) {
                    waiting
                } else {
                    free(&mut held)
                };
                if held.len() <= lane {
                    held.resize(lane + 1, None);
                }
                held[lane] = Some(lower);
                rows.links.push(Link { upper: row, lower, lane, parent });
            }
            rows.width = rows.width.max(held.len());
        }
        rows
    }
}

/// Returns the leftmost lane that nobody holds.
fn free(held: &mut Vec<Option<usize>>) -> usize {
    held.iter().position(Option::is_none).unwrap_or_else(|| {
        held.push(None);
        held.len() - 1
    })
}
