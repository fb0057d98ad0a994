//! Stamp: rows set, nothing run. The rules stand at the head of `plan.rs`.

use std::collections::HashSet;

use crate::error::GraphError;
use crate::graph::Ix;
use crate::marks::Marks;
use crate::plan::{Action, Plan, Step, finish};
use crate::rows::{RowChange, replace};
use crate::target::parse::{Offset, Symbol, Target, parse};
use crate::target::resolve::{AtMerge, Landing};
use crate::{RevisionGraph, RevisionId};

impl RevisionGraph {
    /// Plans to set the rows to the targets. With `purge` all rows go first, also those that the history does
    /// not know.
    ///
    /// # Errors
    /// When a row is unknown (without `purge`), a target has no plain meaning, or targets on one line would
    /// replace the same rows.
    pub fn plan_stamp(
        &self,
        rows: &[String],
        targets: &[&str],
        purge: bool,
    ) -> Result<Plan, GraphError> {
        let targets: Vec<Target> = targets
            .iter()
            .map(|text| parse(text))
            .collect::<Result<_, _>>()?;
        if purge {
            return self.purge(rows, &targets);
        }
        let rows = self.rows(rows)?;
        let steps = self.stamp(&rows, &targets)?;
        let mut from = self.ids(rows);
        from.sort_unstable();
        Ok(finish(from, Vec::new(), steps))
    }

    fn purge(&self, rows: &[String], targets: &[Target]) -> Result<Plan, GraphError> {
        let mut from: Vec<RevisionId> = rows.iter().map(|row| row.as_str().into()).collect();
        from.sort_unstable();
        from.dedup();
        let stamps = self.stamp(&[], targets)?;
        let stamped: HashSet<&RevisionId> = stamps.iter().map(|step| &step.revision).collect();
        let mut steps: Vec<Step> = from
            .iter()
            .filter(|row| !stamped.contains(row))
            .map(|row| Step {
                action: Action::Unstamp,
                revision: row.clone(),
                rows: vec![RowChange::Delete(row.clone())],
            })
            .collect();
        steps.extend(
            stamps
                .into_iter()
                .filter(|step| from.binary_search(&step.revision).is_err()),
        );
        Ok(finish(from, Vec::new(), steps))
    }

    fn stamp(&self, rows: &[Ix], targets: &[Target]) -> Result<Vec<Step>, GraphError> {
        let mut asked: Vec<Vec<Ix>> = Vec::new();
        let mut in_line = Collected::new(self.len());
        for target in targets {
            let (revisions, covered) = self.stamp_target(target, rows)?;
            asked.push(revisions);
            in_line.extend(covered);
        }
        if asked.iter().all(Vec::is_empty) {
            return Ok(in_line.list.iter().map(|&row| self.unstamp(row)).collect());
        }

        let above_rows = self.reach(in_line.list.iter().copied(), &self.needed_by);
        let below_rows = self.reach(in_line.list.iter().copied(), &self.needs);
        let place = |ix| match (above_rows.contains(ix), below_rows.contains(ix)) {
            (false, false) => Place::Apart,
            (true, false) => Place::Above,
            (false, true) => Place::Below,
            (true, true) => Place::Between,
        };
        let mut new = Collected::new(self.len());
        let mut repeated = false;
        for revisions in &asked {
            // What one target means has no order of its own (`billing@heads`): what lies below the rows goes first.
            let mut fresh: Vec<Ix> = revisions
                .iter()
                .copied()
                .filter(|&ix| !in_line.marks.contains(ix))
                .collect();
            fresh.sort_by_key(|&ix| place(ix) != Place::Below);
            repeated |= new.extend(fresh);
        }
        let mut moves = new
            .list
            .iter()
            .map(|&ix| place(ix))
            .enumerate()
            .filter(|&(_, place)| place != Place::Apart);
        let Some((first, first_place)) = moves.next() else {
            return Ok(new
                .list
                .iter()
                .map(|&ix| self.stamp_step(ix, &[]))
                .collect());
        };

        // Rows give way once. Where Alembic would take them away a second time it crashes; if the targets lie
        // apart the answer is plain all the same: they are the rows, every one of them.
        let again = moves.any(|(_, place)| matches!(place, Place::Below | Place::Between));
        let mut gone = in_line.list;
        if repeated || again || first_place == Place::Between {
            let mut wanted = Collected::new(self.len());
            wanted.extend(asked.into_iter().flatten());
            if let Some(&below) = self.split_redundant(&wanted.list).1.first() {
                return Err(self.overlapping_stamps(&wanted.list, below, &gone));
            }
            gone.retain(|&row| !wanted.marks.contains(row));
        }
        let step = |(position, &ix): (usize, &Ix)| {
            self.stamp_step(ix, if position == first { &gone } else { &[] })
        };
        Ok(new.list.iter().enumerate().map(step).collect())
    }

    /// Returns what a target stamps, and the rows in line with it.
    fn stamp_target(&self, target: &Target, rows: &[Ix]) -> Result<(Vec<Ix>, Vec<Ix>), GraphError> {
        let branch = self.target_branch(target)?;
        let revisions = match (&target.symbol, target.offset) {
            (_, None) => self.absolute(target, branch.as_ref())?,
            (Symbol::Rows, Some(Offset::Down(steps))) if steps > 0 && rows.is_empty() => {
                self.below_heads(target, steps)?
            }
            (_, Some(_)) => {
                return Err(GraphError::InvalidTarget {
                    target: target.text.clone(),
                    reason: "a stamp names its revisions, it does not walk to them",
                });
            }
        };
        let anchors: Vec<Ix> = branch
            .iter()
            .map(|branch| branch.revision)
            .chain(revisions.iter().copied())
            .collect();
        if anchors.is_empty() {
            return Ok((revisions, rows.to_vec()));
        }
        let below = self.reach(anchors.iter().copied(), &self.needs);
        let above = self.reach(anchors, &self.needed_by);
        let in_line = rows
            .iter()
            .copied()
            .filter(|&row| below.contains(row) || above.contains(row))
            .collect();
        Ok((revisions, in_line))
    }

    /// `-N` on an empty table counts down from every effective head, as in Alembic; with a branch, from
    /// those that its label covers. A head nearer to `base` than that adds nothing;
    /// one that comes out exactly at `base` leaves open what is meant.
    fn below_heads(&self, target: &Target, steps: u64) -> Result<Vec<Ix>, GraphError> {
        let mut found = Vec::new();
        for head in self.real_heads() {
            if let Some(label) = &target.branch
                && !self.labels_of(self.id(head)).contains(&label.as_str())
            {
                continue;
            }
            match self.walk_down(target, Some(head), steps, AtMerge::Refuse) {
                Ok(Landing::At(ix)) => found.push(ix),
                Err(GraphError::WalkedTooFar { .. }) => {}
                Ok(Landing::Base | Landing::BelowMerge(_)) => {
                    return Err(GraphError::NotOneRevision {
                        asked: target.text.clone(),
                    });
                }
                Err(other) => return Err(other),
            }
        }
        Ok(found)
    }

    fn overlapping_stamps(&self, wanted: &[Ix], below: Ix, rows: &[Ix]) -> GraphError {
        GraphError::OverlappingStamps {
            above: self
                .id(self.one_above(below, wanted).unwrap_or(below))
                .clone(),
            below: self.id(below).clone(),
            rows: self.ids(rows.iter().copied()),
        }
    }

    fn unstamp(&self, row: Ix) -> Step {
        Step {
            action: Action::Unstamp,
            revision: self.id(row).clone(),
            rows: replace(self, &[row], &[]),
        }
    }

    fn stamp_step(&self, ix: Ix, gone: &[Ix]) -> Step {
        Step {
            action: Action::Stamp,
            revision: self.id(ix).clone(),
            rows: replace(self, gone, &[ix]),
        }
    }
}

/// Where a target stands with respect to the rows in line with the targets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Apart,
    Above,
    Below,
    Between,
}

/// Revisions in the order in which they came, each once.
struct Collected {
    list: Vec<Ix>,
    marks: Marks,
}

impl Collected {
    fn new(revisions: usize) -> Self {
        Self {
            list: Vec::new(),
            marks: Marks::none(revisions),
        }
    }

    /// Adds those that are new and returns whether one was not.
    fn extend(&mut self, more: impl IntoIterator<Item = Ix>) -> bool {
        let mut repeated = false;
        for ix in more {
            if self.marks.insert(ix) {
                self.list.push(ix);
            } else {
                repeated = true;
            }
        }
        repeated
    }
}

#[cfg(test)]
mod tests {
    use crate::drawing::{check_stamp, graph, rows, written};

    const FORK: &str = "a <- b1 <- b2, a <- c1 <- c2, b1 label left, c1 label right";
    const MERGE: &str = "a <- b <- m, a <- c <- m";
    const TREES: &str = "a1 <- a2, x1 <- x2 <- x3, x2 dep a2, a1 label core";

    #[test]
    fn rows_in_line_give_way() {
        check_stamp(FORK, "", "b1", "b1 [b1]");
        check_stamp(FORK, "b2 c2", "a", "a [a]");
        check_stamp(FORK, "a", "b1 c1", "b1 [b1], c1 [b1 c1]");
        check_stamp(FORK, "b2", "right", "c1 [b2 c1]");
        check_stamp(FORK, "b2", "b2", "");
        check_stamp(FORK, "b2", "heads", "c2 [b2 c2]");
        check_stamp(FORK, "", "head", "!multiple_heads");
        check_stamp(MERGE, "m", "b", "b [b]");
        check_stamp(TREES, "x3", "core@head", "a2 [a2]");
    }

    #[test]
    fn base_removes_rows() {
        check_stamp(FORK, "b2 c2", "base", "b2 [c2], c2 []");
        check_stamp(
            "a <- b label one, x <- y label two",
            "b y",
            "two@base",
            "y [b]",
        );
        check_stamp(FORK, "b2", "nosuch@base", "!unknown_branch");
    }

    /// D1
    #[test]
    fn a_merge_is_stamped_back_to_its_parents() {
        check_stamp(MERGE, "m", "b c", "b [b], c [b c]");
        check_stamp("a <- b <- c <- d", "a d", "b", "b [b]");
        check_stamp("a <- b <- c <- d", "d", "a b", "!overlapping_stamps");
        check_stamp("a <- b", "", "b b", "b [b]");
    }

    #[test]
    fn relative_stamps_start_from_an_empty_table_only() {
        check_stamp("a <- b <- c", "", "-1", "b [b]");
        check_stamp("a <- b <- c", "", "-9", "");
        check_stamp("a <- b <- c", "", "-3", "!not_one_revision");
        check_stamp("a <- b <- c", "b", "-1", "!invalid_target");
        check_stamp("a <- b <- c", "", "a+1", "!invalid_target");
    }

    #[test]
    fn purge_forgets_rows_it_does_not_know() {
        let graph = graph(FORK);
        let stamp = |at, targets: &[&str]| written(graph.plan_stamp(&rows(at), targets, true));
        assert_eq!(stamp("gone b2", &["c1"]), "b2 [gone], gone [], c1 [c1]");
        assert_eq!(stamp("gone b2", &["b2"]), "gone [b2]");
        assert_eq!(stamp("gone", &["base"]), "gone []");
        assert_eq!(
            written(graph.plan_stamp(&rows("gone"), &["a"], false)),
            "!unknown_row"
        );
    }
}
