//! The history with one row a revision, newest on top, and one lane a line of revisions: where everything stands in the
//! pictures that have text beside each revision.

use rev_dag::{RevisionGraph, RevisionId};
use std::collections::HashMap;

/// The places of revisions in a picture with one row each.
pub struct Rows {
    /// The lane of each row.
    pub lanes: Vec<usize>,
    /// The links between rows.
    pub links: Vec<Link>,
    /// How many lanes there are.
    pub width: usize,
}

/// A link from a row to one below it, and the lane in which it runs between the two.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// The row of what needs the other.
    pub upper: usize,
    /// The row of what is needed.
    pub lower: usize,
    /// The lane between them.
    pub lane: usize,
    /// Whether it leads to a parent; else to a dependency.
    pub parent: bool,
}

impl Rows {
    /// Goes from the newest row down. A lane is held by the revision it leads to: the leftmost lane that waits for a
    /// revision goes on to it, and every other one ends there.
    pub fn new(graph: &RevisionGraph, newest_first: &[RevisionId]) -> Self {
        let row_of: HashMap<&RevisionId, usize> = newest_first
            .iter()
            .enumerate()
            .map(|(row, id)| (id, row))
            .collect();
        let mut held: Vec<Option<usize>> = Vec::new();
        let mut rows = Self {
            lanes: Vec::with_capacity(newest_first.len()),
            links: Vec::new(),
            width: 1,
        };
        for (row, id) in newest_first.iter().enumerate() {
            let own = held
                .iter()
                .position(|held| *held == Some(row))
                .unwrap_or_else(|| free(&mut held));
            for waiting in &mut held {
                if *waiting == Some(row) {
                    *waiting = None;
                }
            }
            rows.lanes.push(own);
            let parents = graph.parents(id).into_iter().map(|need| (need, true));
            let needs = parents.chain(graph.dependencies(id).into_iter().map(|need| (need, false)));
            for (index, (need, parent)) in needs.enumerate() {
                let Some(&lower) = row_of.get(&need) else {
                    continue;
                };
                // The first parent carries the line on; another joins a lane that leads there already, if there is one.
                let lane = if index == 0 && parent {
                    own
                } else {
                    held.iter()
                        .position(|held| *held == Some(lower))
                        .unwrap_or_else(|| free(&mut held))
                };
                if held.len() <= lane {
                    held.resize(lane + 1, None);
                }
                held[lane] = Some(lower);
                rows.links.push(Link {
                    upper: row,
                    lower,
                    lane,
                    parent,
                });
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

#[cfg(test)]
mod tests {
    use super::*;
    use rev_dag::Revision;

    /// Reads `a, b<a, c<a, m<b+c` and returns the lanes, newest first, and the links as `upper>lower@lane`.
    fn check(drawing: &str, lanes: &[usize], links: &str) {
        let revisions = drawing.split(", ").enumerate().map(|(date, part)| {
            let (id, parents) = part.split_once('<').unwrap_or((part, ""));
            let down_revisions = parents
                .split('+')
                .filter(|parent| !parent.is_empty())
                .map(RevisionId::from)
                .collect();
            Revision {
                down_revisions,
                create_date: date as i64,
                ..Revision::new(id)
            }
        });
        let graph = RevisionGraph::new(revisions).expect(drawing);
        let mut order = graph.in_order();
        order.reverse();
        let rows = Rows::new(&graph, &order);
        let shown: Vec<String> = rows
            .links
            .iter()
            .map(|link| format!("{}>{}@{}", order[link.upper], order[link.lower], link.lane))
            .collect();
        assert_eq!(
            (rows.lanes.as_slice(), shown.join(" ").as_str()),
            (lanes, links)
        );
    }

    #[test]
    fn lines_keep_their_lanes() {
        check("a, b<a, c<b", &[0, 0, 0], "c>b@0 b>a@0");
        check(
            "a, b<a, c<a, m<b+c",
            &[0, 1, 0, 0],
            "m>b@0 m>c@1 c>a@1 b>a@0",
        );
        check("a, b<a, c<a", &[0, 1, 0], "c>a@0 b>a@1");
        check("a, x, b<a", &[0, 0, 0], "b>a@0");
    }
}
