//! The order in which a set of revisions is carried out.
//!
//! # The problem
//!
//! The graph fixes only that a revision comes after what it needs. Between independent branches any order
//! is right, yet two orders are two different installations to debug, so there must be exactly one: the same
//! on every machine, whatever order the files were read in, and one that a person would have written down.
//!
//! # The order
//!
//! *A branch runs whole before the next.* After a revision comes its child, for as long as nothing else has to
//! come first; only then is another branch begun, or one taken up again that had to wait. Ties go to the
//! older `create_date`, then to the smaller id. A merge comes as soon as its last parent has run; a revision
//! that waited for a dependency in another branch comes when that branch has run to its end.
//!
//! ```text
//! a1 ← a2 ← a3        b1 ← b2, b2 depends on a2         runs  a1 a2 a3 b1 b2
//! b1 ← b2, b2 depends on a2      a1 ← a2 ← a3           runs  b1 a1 a2 a3 b2      (b1 is the older)
//! ```
//!
//! A downgrade is the same order backwards, so that what ran last is undone first.
//!
//! # How
//!
//! Counting off unmet needs (Kahn), with a stack for the revisions that are ready: what became ready last
//! is taken first, which keeps a branch together. Of the revisions that one step makes ready, its own
//! children lie above the dependents in other branches, and the canonically first on top. Each edge is looked
//! at twice, so the cost is linear.
//!
//! # Roads not taken
//!
//! Alembic walks down from the heads in the order the files were loaded, and orders several dependencies by
//! string hash. Adding or renaming a file may then reorder a fresh installation. A depth-first walk from the
//! target would place each dependency as late as possible, which tears branches apart.

use crate::RevisionGraph;
use crate::graph::Ix;
use crate::marks::Marks;

/// Returns the members of `set` in the order in which they are applied.
pub(crate) fn upgrade_order(graph: &RevisionGraph, set: &Marks) -> Vec<Ix> {
    let mut unmet = vec![0u32; graph.len()];
    let mut ready = Vec::new();
    let mut size = 0;
    for ix in set.iter() {
        size += 1;
        unmet[ix as usize] = graph
            .needs
            .of(ix)
            .iter()
            .filter(|&&down| set.contains(down))
            .count() as u32;
        if unmet[ix as usize] == 0 {
            ready.push(ix);
        }
    }
    ready.reverse();

    let mut order = Vec::with_capacity(size);
    let mut children = Vec::new();
    while let Some(ix) = ready.pop() {
        order.push(ix);
        children.clear();
        // Backwards, because the last one pushed is the first one taken.
        for &up in graph.needed_by.of(ix).iter().rev() {
            if !set.contains(up) {
                continue;
            }
            unmet[up as usize] -= 1;
            if unmet[up as usize] > 0 {
                continue;
            }
            if graph.parents.of(up).contains(&ix) {
                children.push(up);
            } else {
                ready.push(up);
            }
        }
        ready.append(&mut children);
    }
    order
}
