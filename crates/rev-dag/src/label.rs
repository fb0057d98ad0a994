//! Which branch labels cover which revisions.
//!
//! A label is declared in one revision and names the line that this revision belongs to. It covers
//!
//! - the revision that declares it,
//! - all its descendants by parents, past merges and branch points,
//! - its ancestors, *back to the nearest branch point*: walking down from the declaring revision through its
//!   parents (through all of them, at a merge), every revision is covered until one is met that has more than
//!   one child. That branch point, and what lies below it, belongs to several lines and is not covered.
//!
//! The walk begins at the declaring revision, so nothing that is written above it later (a child, a branch, a
//! merge, a dependent) changes what the label covers below it. Only a second child given to one of
//! the covered ancestors does, because then the lines do part there.
//!
//! ```text
//! r ← s (billing) ← t             r, s, t are covered, and stay so when s gets a second child, a merge
//! a ← b (left) ← b2,  a ← c       b, b2 are covered; a is the branch point
//! ```
//!
//! Coverage is for people to read (`history`, `heads`, `branches`). Targets such as `billing@head` use the
//! *lineage* of the declaring revision instead: all its ancestors and descendants, see `target/resolve.rs`.

use crate::graph::Ix;
use crate::marks::Marks;
use crate::order::upgrade_order;
use crate::{RevisionGraph, RevisionId};

/// For each revision the labels that come down to it from above and up to it from below.
///
/// A revision in the middle of a line shares the set of its neighbour, so a long history with many labels
/// costs no more than its length.
#[derive(Debug)]
pub(crate) struct LabelCover {
    from_below: Vec<SetIx>,
    from_above: Vec<SetIx>,
    sets: Vec<LabelSet>,
}

/// A set of declaring revisions: perhaps one of its own, and those of other sets.
#[derive(Debug, Default)]
struct LabelSet {
    own: Option<Ix>,
    parts: Vec<SetIx>,
}

type SetIx = u32;

const EMPTY: SetIx = 0;

impl LabelCover {
    /// Works out all sets in one sweep up the graph and one down.
    pub(crate) fn new(graph: &RevisionGraph) -> Self {
        let none = vec![EMPTY; graph.len()];
        let mut cover = Self {
            from_below: none.clone(),
            from_above: none,
            sets: vec![LabelSet::default()],
        };
        let order = upgrade_order(graph, &graph.everything());
        for &ix in &order {
            let parts = graph
                .parents
                .of(ix)
                .iter()
                .map(|&down| cover.from_below[down as usize])
                .collect();
            cover.from_below[ix as usize] = cover.set(declares(graph, ix), parts);
        }
        for &ix in order.iter().rev() {
            if let &[child] = graph.children.of(ix) {
                let parts = vec![cover.from_above[child as usize]];
                cover.from_above[ix as usize] = cover.set(declares(graph, child), parts);
            }
        }
        cover
    }

    /// Returns the set with these members, an existing one if it is the same.
    fn set(&mut self, own: Option<Ix>, mut parts: Vec<SetIx>) -> SetIx {
        parts.retain(|&part| part != EMPTY);
        parts.sort_unstable();
        parts.dedup();
        match (own, parts.as_slice()) {
            (None, []) => EMPTY,
            (None, &[part]) => part,
            _ => {
                self.sets.push(LabelSet { own, parts });
                (self.sets.len() - 1) as SetIx
            }
        }
    }

    /// Returns the revisions whose labels cover `ix`.
    fn declaring(&self, ix: Ix) -> Vec<Ix> {
        let mut seen = Marks::none(self.sets.len());
        let mut todo = vec![self.from_below[ix as usize], self.from_above[ix as usize]];
        let mut found = Vec::new();
        while let Some(set) = todo.pop() {
            if seen.insert(set) {
                found.extend(self.sets[set as usize].own);
                todo.extend_from_slice(&self.sets[set as usize].parts);
            }
        }
        found
    }
}

fn declares(graph: &RevisionGraph, ix: Ix) -> Option<Ix> {
    (!graph.revisions[ix as usize].branch_labels.is_empty()).then_some(ix)
}

impl RevisionGraph {
    /// Returns the branch labels that cover the revision, sorted; none when there is no such revision.
    pub fn labels_of(&self, id: &str) -> Vec<&str> {
        let Some(&ix) = self.by_id.get(id) else {
            return Vec::new();
        };
        let cover = self.labels.get_or_init(|| LabelCover::new(self));
        let mut labels: Vec<&str> = cover
            .declaring(ix)
            .into_iter()
            .flat_map(|declaring| &self.revisions[declaring as usize].branch_labels)
            .map(String::as_str)
            .collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// Returns every branch label with the revision that declares it, sorted by label.
    pub fn branch_labels(&self) -> Vec<(&str, RevisionId)> {
        let mut labels: Vec<(&str, RevisionId)> = self
            .by_label
            .iter()
            .map(|(label, &ix)| (label.as_str(), self.id(ix).clone()))
            .collect();
        labels.sort_unstable();
        labels
    }
}

#[cfg(test)]
mod tests {
    use crate::drawing::graph;

    fn check(drawing: &str, label: &str, expected: &str) {
        let graph = graph(drawing);
        let ids = graph.in_order();
        let covered: Vec<&str> = ids
            .iter()
            .filter(|id| graph.labels_of(id).contains(&label))
            .map(|id| id.as_str())
            .collect();
        assert_eq!(covered.join(" "), expected, "{drawing}");
    }

    /// D11
    #[test]
    fn later_revisions_take_nothing_away() {
        check("r <- s <- t, s label mine", "mine", "r s t");
        check("r <- s <- t, s label mine, s <- u", "mine", "r s t u");
        check("r <- s <- t, s label mine, x dep s", "mine", "r s t");
        check("r <- s <- m, s label mine, x <- m", "mine", "r s m");
    }

    #[test]
    fn a_branch_point_bounds_it_below() {
        check("a <- b <- b2, a <- c, b label left", "left", "b b2");
        check("a <- b <- m, c <- m <- n, n label v2", "v2", "a b c m n");
    }

    #[test]
    fn a_revision_may_have_several() {
        let graph = graph("a <- b <- c, a label one uno, b label two");
        assert_eq!(graph.labels_of("a"), ["one", "two", "uno"]);
        assert_eq!(graph.labels_of("c"), ["one", "two", "uno"]);
        assert!(graph.labels_of("nosuch").is_empty());
    }
}
