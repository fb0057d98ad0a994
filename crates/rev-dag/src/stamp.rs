//! Stamp: rows set, nothing run. The rules stand at the head of `plan.rs`.

use crate::error::GraphError;
use crate::graph::Ix;
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
        let mut steps: Vec<Step> = from
            .iter()
            .filter(|row| !stamps.iter().any(|step| step.revision == **row))
            .map(|row| Step {
                action: Action::Unstamp,
                revision: row.clone(),
                rows: vec![RowChange::Delete(row.clone())],
            })
            .collect();
        steps.extend(
            stamps
                .into_iter()
                .filter(|step| !from.contains(&step.revision)),
        );
        Ok(finish(from, Vec::new(), steps))
    }

    fn stamp(&self, rows: &[Ix], targets: &[Target]) -> Result<Vec<Step>, GraphError> {
        let mut asked: Vec<Vec<Ix>> = Vec::new();
        let mut in_line: Vec<Ix> = Vec::new();
        for target in targets {
            let (revisions, covered) = self.stamp_target(target, rows)?;
            asked.push(revisions);
            add_new(&mut in_line, covered);
        }
        if asked.iter().all(Vec::is_empty) {
            return Ok(in_line.iter().map(|&row| self.unstamp(row)).collect());
        }

        // What one target means has no order of its own (`billing@heads`): what lies below the rows goes first.
        let above_rows = self.reach(in_line.iter().copied(), &self.needed_by);
        let below_rows = self.reach(in_line.iter().copied(), &self.needs);
        let place = |ix| match (above_rows.contains(ix), below_rows.contains(ix)) {
            (false, false) => Place::Apart,
            (true, false) => Place::Above,
            (false, true) => Place::Below,
            (true, true) => Place::Between,
        };
        let mut new: Vec<(Ix, Place)> = Vec::new();
        let mut repeated = false;
        for revisions in &asked {
            let fresh = revisions.iter().filter(|ix| !in_line.contains(ix));
            let mut placed: Vec<(Ix, Place)> = fresh.map(|&ix| (ix, place(ix))).collect();
            placed.sort_by_key(|&(_, place)| place != Place::Below);
            for one in placed {
                if new.contains(&one) {
                    repeated = true;
                } else {
                    new.push(one);
                }
            }
        }
        let Some(first) = new.iter().position(|&(_, place)| place != Place::Apart) else {
            return Ok(new
                .iter()
                .map(|&(ix, _)| self.stamp_step(ix, &[]))
                .collect());
        };

        // Rows give way once. Where Alembic would take them away a second time it crashes; if the targets lie
        // apart the answer is plain all the same: they are the rows, every one of them.
        let again = new[first + 1..]
            .iter()
            .any(|&(_, place)| matches!(place, Place::Below | Place::Between));
        let mut gone = in_line;
        if repeated || again || new[first].1 == Place::Between {
            let mut wanted: Vec<Ix> = Vec::new();
            asked
                .into_iter()
                .for_each(|revisions| add_new(&mut wanted, revisions));
            if let Some(&below) = self.split_redundant(&wanted).1.first() {
                return Err(self.overlapping_stamps(&wanted, below, &gone));
            }
            gone.retain(|row| !wanted.contains(row));
        }
        let step = |(position, &(ix, _)): (usize, &(Ix, Place))| {
            self.stamp_step(ix, if position == first { &gone } else { &[] })
        };
        Ok(new.iter().enumerate().map(step).collect())
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

fn add_new(list: &mut Vec<Ix>, more: Vec<Ix>) {
    for ix in more {
        if !list.contains(&ix) {
            list.push(ix);
        }
    }
}
