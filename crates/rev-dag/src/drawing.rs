//! Graphs written as drawings, for tests.
//!
//! `a <- b <- c, b <- d` is a line and a branch; `m` under two parents is `b <- m, c <- m`. After a revision may
//! stand `dep x y` and `label l`: `a <- b dep x label left`. Create dates count up in the order of appearance.
//!
//! A plan is written as its steps with the rows after each: `b [b], c [b c]`; an error as its code: `!not_applied`.

use crate::{GraphError, Plan, Revision, RevisionGraph, RevisionId};

/// Reads a drawing as revisions.
pub(crate) fn revisions(drawing: &str) -> Vec<Revision> {
    let mut revisions: Vec<Revision> = Vec::new();
    for line in drawing.split(',').filter(|line| !line.trim().is_empty()) {
        let mut parent: Option<RevisionId> = None;
        for part in line.split("<-") {
            let mut words = part.split_whitespace();
            let id = RevisionId::from(words.next().expect("a name"));
            let at = revisions
                .iter()
                .position(|revision| revision.id == id)
                .unwrap_or_else(|| {
                    let create_date = revisions.len() as i64;
                    revisions.push(Revision {
                        create_date,
                        ..Revision::new(id.clone())
                    });
                    revisions.len() - 1
                });
            let revision = &mut revisions[at];
            revision.down_revisions.extend(parent.take());
            let mut list = None;
            for word in words {
                match (word, &mut list) {
                    ("dep", _) => list = Some(&mut revision.depends_on),
                    ("label", _) => list = Some(&mut revision.branch_labels),
                    (word, Some(list)) => list.push(word.to_owned()),
                    (word, None) => panic!("{word} where `dep` or `label` belongs"),
                }
            }
            parent = Some(id);
        }
    }
    revisions
}

/// Reads a drawing as a graph.
pub(crate) fn graph(drawing: &str) -> RevisionGraph {
    RevisionGraph::new(revisions(drawing)).expect(drawing)
}

/// Plans an upgrade in a drawing and compares.
pub(crate) fn check_upgrade(drawing: &str, at: &str, to: &str, expected: &str) {
    let plan = graph(drawing).plan_upgrade(&rows(at), to);
    assert_eq!(written(plan), expected, "{drawing}: upgrade {to} at {at:?}");
}

/// Plans a downgrade in a drawing and compares.
pub(crate) fn check_downgrade(drawing: &str, at: &str, to: &str, expected: &str) {
    let plan = graph(drawing).plan_downgrade(&rows(at), to);
    assert_eq!(
        written(plan),
        expected,
        "{drawing}: downgrade {to} at {at:?}"
    );
}

/// Plans a stamp in a drawing and compares.
pub(crate) fn check_stamp(drawing: &str, at: &str, to: &str, expected: &str) {
    let targets: Vec<&str> = to.split_whitespace().collect();
    let plan = graph(drawing).plan_stamp(&rows(at), &targets, false);
    assert_eq!(written(plan), expected, "{drawing}: stamp {to} at {at:?}");
}

pub(crate) fn rows(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

pub(crate) fn written(plan: Result<Plan, GraphError>) -> String {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => return format!("!{}", error.code()),
    };
    let step = |number: usize| {
        let rows: Vec<String> = plan
            .rows_after(number + 1)
            .iter()
            .map(ToString::to_string)
            .collect();
        format!("{} [{}]", plan.steps[number].revision, rows.join(" "))
    };
    (0..plan.steps.len())
        .map(step)
        .collect::<Vec<_>>()
        .join(", ")
}
