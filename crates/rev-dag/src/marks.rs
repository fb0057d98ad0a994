//! Sets of revisions as one flag per revision: the working memory of every traversal.

use crate::graph::Ix;

/// A set of revisions of one graph.
///
/// One byte per revision beats a hash set by far: traversals touch a good part of the graph, and 100,000
/// revisions are 100 kB.
#[derive(Clone, Debug)]
pub(crate) struct Marks(Vec<bool>);

impl Marks {
    pub(crate) fn none(revisions: usize) -> Self {
        Self(vec![false; revisions])
    }

    /// Adds `ix` and returns whether it was new.
    pub(crate) fn insert(&mut self, ix: Ix) -> bool {
        !std::mem::replace(&mut self.0[ix as usize], true)
    }

    pub(crate) fn remove(&mut self, ix: Ix) {
        self.0[ix as usize] = false;
    }

    pub(crate) fn contains(&self, ix: Ix) -> bool {
        self.0[ix as usize]
    }

    /// Returns the members in the graph's canonical order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Ix> + '_ {
        (0..self.0.len() as Ix).filter(|&ix| self.contains(ix))
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    /// Keeps the members that `keep` accepts.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(Ix) -> bool) {
        for (ix, member) in self.0.iter_mut().enumerate() {
            *member = *member && keep(ix as Ix);
        }
    }
}
