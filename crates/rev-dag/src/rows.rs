//! What the version table holds after each step.
//!
//! The table has one row for each *head of what is applied*: a revision above which nothing applied stands,
//! over the full edges. So a row disappears when something that needs it is applied, and comes back when
//! the last such thing is undone. Every change is a compare-and-swap: it names the row it expects, and must
//! touch exactly one. Two runners that race can therefore never both succeed.

use std::collections::BTreeSet;

use crate::graph::Ix;
use crate::marks::Marks;
use crate::{RevisionGraph, RevisionId};

/// One change of the version table. Changes are made in order, and each must touch exactly one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// A row comes.
    Insert(RevisionId),
    /// A row goes.
    Delete(RevisionId),
    /// A row moves.
    Update {
        /// What the row holds before.
        from: RevisionId,
        /// What it holds after.
        to: RevisionId,
    },
}

impl RowChange {
    /// Makes the change on a set of rows; a row that is not there is not removed.
    pub(crate) fn make(&self, rows: &mut BTreeSet<RevisionId>) {
        if let Self::Delete(from) | Self::Update { from, .. } = self {
            rows.remove(from);
        }
        if let Self::Insert(to) | Self::Update { to, .. } = self {
            rows.insert(to.clone());
        }
    }
}

/// The version table while an upgrade is played through.
pub(crate) struct RisingRows<'a> {
    graph: &'a RevisionGraph,
    rows: Marks,
}

impl<'a> RisingRows<'a> {
    /// Starts from `rows`, none of which lies below another.
    pub(crate) fn new(graph: &'a RevisionGraph, rows: &[Ix]) -> Self {
        let mut marks = Marks::none(graph.len());
        for &row in rows {
            marks.insert(row);
        }
        Self { graph, rows: marks }
    }

    /// Applies `ix` and returns what that changes.
    ///
    /// The rows that `ix` replaces are exactly those among its direct needs: a row further below it would
    /// have something applied above it, and would be no row.
    pub(crate) fn apply(&mut self, ix: Ix) -> Vec<RowChange> {
        let needs = self.graph.needs.of(ix);
        let replaced: Vec<Ix> = needs
            .iter()
            .copied()
            .filter(|&down| self.rows.contains(down))
            .collect();
        for &down in &replaced {
            self.rows.remove(down);
        }
        self.rows.insert(ix);
        replace(self.graph, &replaced, &[ix])
    }
}

/// The version table while a downgrade is played through.
pub(crate) struct FallingRows<'a> {
    graph: &'a RevisionGraph,
    rows: Marks,
    /// For each revision how many applied ones need it directly.
    needed_by: Vec<u32>,
}

impl<'a> FallingRows<'a> {
    /// Starts from `rows` and what they imply. A row that lies below another stays until it is undone.
    pub(crate) fn new(graph: &'a RevisionGraph, rows: &[Ix], applied: &Marks) -> Self {
        let mut marks = Marks::none(graph.len());
        for &row in rows {
            marks.insert(row);
        }
        let mut needed_by = vec![0; graph.len()];
        for ix in applied.iter() {
            for &down in graph.needs.of(ix) {
                needed_by[down as usize] += 1;
            }
        }
        Self {
            graph,
            rows: marks,
            needed_by,
        }
    }

    /// Undoes `ix`, above which nothing is applied, and returns what that changes.
    pub(crate) fn undo(&mut self, ix: Ix) -> Vec<RowChange> {
        self.rows.remove(ix);
        let mut uncovered = Vec::new();
        for &down in self.graph.needs.of(ix) {
            self.needed_by[down as usize] -= 1;
            if self.needed_by[down as usize] == 0 && self.rows.insert(down) {
                uncovered.push(down);
            }
        }
        replace(self.graph, &[ix], &uncovered)
    }
}

/// Returns the changes that put `after` in the place of `before`: one row moves, the others come or go.
pub(crate) fn replace(graph: &RevisionGraph, before: &[Ix], after: &[Ix]) -> Vec<RowChange> {
    let id = |&ix: &Ix| graph.id(ix).clone();
    match (before.split_last(), after.split_last()) {
        (Some((from, gone)), Some((to, come))) => gone
            .iter()
            .map(|ix| RowChange::Delete(id(ix)))
            .chain(come.iter().map(|ix| RowChange::Insert(id(ix))))
            .chain([RowChange::Update {
                from: id(from),
                to: id(to),
            }])
            .collect(),
        (Some(_), None) => before.iter().map(|ix| RowChange::Delete(id(ix))).collect(),
        (None, _) => after.iter().map(|ix| RowChange::Insert(id(ix))).collect(),
    }
}
