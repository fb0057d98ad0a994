//! Questions about the shape of the history.

use crate::graph::{Adjacency, Ix};
use crate::marks::Marks;
use crate::order::upgrade_order;
use crate::{Revision, RevisionGraph, RevisionId};

/// Questions asked by id answer with nothing for an id that the history does not have.
impl RevisionGraph {
    /// Returns the revision with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Revision> {
        self.by_id.get(id).map(|&ix| &self.revisions[ix as usize])
    }

    /// Returns all revisions in the canonical order: by `create_date`, then by id.
    pub fn revisions(&self) -> impl ExactSizeIterator<Item = &Revision> {
        self.revisions.iter()
    }

    /// Returns the heads: revisions without a child.
    pub fn heads(&self) -> Vec<RevisionId> {
        self.ids(self.versioned_heads())
    }

    /// Returns the effective heads: revisions that no other needs, as a parent or as a dependency. These are
    /// the rows of a database where everything is applied.
    pub fn effective_heads(&self) -> Vec<RevisionId> {
        self.ids(self.real_heads())
    }

    /// Returns the bases: revisions without a parent.
    pub fn bases(&self) -> Vec<RevisionId> {
        self.ids(self.versioned_bases())
    }

    /// Returns the bases that depend on nothing either.
    pub fn effective_bases(&self) -> Vec<RevisionId> {
        self.ids(self.indices().filter(|&ix| self.needs.of(ix).is_empty()))
    }

    /// Returns the revisions with more than one child.
    pub fn branch_points(&self) -> Vec<RevisionId> {
        self.ids(self.indices().filter(|&ix| self.children.of(ix).len() > 1))
    }

    /// Returns the revisions with more than one parent.
    pub fn merge_points(&self) -> Vec<RevisionId> {
        self.ids(self.indices().filter(|&ix| self.parents.of(ix).len() > 1))
    }

    /// Returns the parents, as written in the revision.
    pub fn parents(&self, id: &str) -> Vec<RevisionId> {
        self.neighbours(id, &self.parents)
    }

    /// Returns the revisions that have this one as a parent.
    pub fn children(&self, id: &str) -> Vec<RevisionId> {
        self.neighbours(id, &self.children)
    }

    /// Returns what the revision depends on, resolved to ids, without its parents.
    pub fn dependencies(&self, id: &str) -> Vec<RevisionId> {
        let parents = self.parents(id);
        self.neighbours(id, &self.needs)
            .into_iter()
            .filter(|need| !parents.contains(need))
            .collect()
    }

    /// Returns the revisions that depend on this one without being its children.
    pub fn dependents(&self, id: &str) -> Vec<RevisionId> {
        let children = self.children(id);
        self.neighbours(id, &self.needed_by)
            .into_iter()
            .filter(|up| !children.contains(up))
            .collect()
    }

    /// Returns the given revisions and all that must be applied before them, in the order of an upgrade.
    pub fn ancestors<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<RevisionId> {
        let set = self.reach(
            ids.into_iter().filter_map(|id| self.by_id.get(id).copied()),
            &self.needs,
        );
        self.ids(upgrade_order(self, &set))
    }

    /// Returns the given revisions and all that need them, in the order of an upgrade.
    pub fn descendants<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<RevisionId> {
        let set = self.reach(
            ids.into_iter().filter_map(|id| self.by_id.get(id).copied()),
            &self.needed_by,
        );
        self.ids(upgrade_order(self, &set))
    }

    /// Returns all revisions in the order in which an upgrade of an empty database applies them.
    pub fn in_order(&self) -> Vec<RevisionId> {
        self.ids(upgrade_order(self, &self.everything()))
    }

    fn neighbours(&self, id: &str, edges: &Adjacency) -> Vec<RevisionId> {
        self.by_id
            .get(id)
            .map_or_else(Vec::new, |&ix| self.ids(edges.of(ix).iter().copied()))
    }

    pub(crate) fn everything(&self) -> Marks {
        let mut all = Marks::none(self.len());
        for ix in self.indices() {
            all.insert(ix);
        }
        all
    }

    pub(crate) fn versioned_heads(&self) -> impl Iterator<Item = Ix> + '_ {
        self.indices().filter(|&ix| self.children.of(ix).is_empty())
    }

    pub(crate) fn versioned_bases(&self) -> impl Iterator<Item = Ix> + '_ {
        self.indices().filter(|&ix| self.parents.of(ix).is_empty())
    }

    pub(crate) fn real_heads(&self) -> impl Iterator<Item = Ix> + '_ {
        self.indices()
            .filter(|&ix| self.needed_by.of(ix).is_empty())
    }

    /// Returns the seeds and everything that `edges` lead to from them.
    pub(crate) fn reach(&self, seeds: impl IntoIterator<Item = Ix>, edges: &Adjacency) -> Marks {
        let mut seen = Marks::none(self.len());
        let mut todo: Vec<Ix> = seeds.into_iter().filter(|&ix| seen.insert(ix)).collect();
        while let Some(ix) = todo.pop() {
            todo.extend(
                edges
                    .of(ix)
                    .iter()
                    .copied()
                    .filter(|&next| seen.insert(next)),
            );
        }
        seen
    }

    /// Returns what `edges` lead to from the seeds; a seed only when another seed leads to it.
    pub(crate) fn reach_beyond(&self, seeds: &[Ix], edges: &Adjacency) -> Marks {
        self.reach(
            seeds.iter().flat_map(|&ix| edges.of(ix).iter().copied()),
            edges,
        )
    }

    /// Returns the lineage of a revision: itself, its ancestors and its descendants, by parents.
    pub(crate) fn lineage(&self, ix: Ix) -> Marks {
        let mut lineage = self.reach([ix], &self.parents);
        for up in self.reach([ix], &self.children).iter() {
            lineage.insert(up);
        }
        lineage
    }

    /// Splits revisions into those that no other of them contains, and those that one does.
    pub(crate) fn split_redundant(&self, seeds: &[Ix]) -> (Vec<Ix>, Vec<Ix>) {
        let below = self.reach_beyond(seeds, &self.needs);
        seeds.iter().partition(|&&ix| !below.contains(ix))
    }
}
