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

#[cfg(test)]
mod tests {
    use crate::RevisionGraph;
    use crate::drawing::{graph, revisions};

    fn check(drawing: &str, expected: &str) {
        let order: Vec<String> = graph(drawing)
            .in_order()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(order.join(" "), expected, "{drawing}");
    }

    #[test]
    fn a_branch_runs_whole_before_the_next() {
        check("a <- b1 <- b2, a <- c1 <- c2", "a b1 b2 c1 c2");
        check("a1 <- a2 <- a3, b1 <- b2 dep a2", "a1 a2 a3 b1 b2");
        check("b1, a1 <- a2 <- a3, b1 <- b2 dep a2", "b1 a1 a2 a3 b2");
        check("a <- b <- m <- n, a <- c <- m", "a b c m n");
    }

    /// D12
    #[test]
    fn the_order_of_the_files_makes_no_difference() {
        let mut shuffled = revisions("a <- b1 <- b2, a <- c1 <- c2, x1 <- x2 dep b1 c2");
        let expected = RevisionGraph::new(shuffled.clone()).unwrap().in_order();
        for _ in 0..shuffled.len() {
            shuffled.rotate_left(1);
            shuffled.swap(0, 2);
            assert_eq!(
                RevisionGraph::new(shuffled.clone()).unwrap().in_order(),
                expected
            );
        }
    }

    #[test]
    fn equal_dates_go_by_id() {
        let mut revisions = revisions("c, b, a");
        revisions
            .iter_mut()
            .for_each(|revision| revision.create_date = 0);
        assert_eq!(
            RevisionGraph::new(revisions).unwrap().in_order(),
            ["a", "b", "c"]
        );
    }
}
