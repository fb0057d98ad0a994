//! Upgrade, downgrade and stamp as ordered steps.
//!
//! # The problem
//!
//! The version table holds a few rows; together with the graph they say which revisions are applied: the
//! rows and all that these need. A command names a target. The plan is the difference, in an order that can
//! be carried out one revision at a time, with what each step changes in the version table, so that a
//! run which stops anywhere leaves rows that say exactly what is applied.
//!
//! # Upgrade
//!
//! Steps = what the targets need, less what is applied. Rows that another row contains (someone stamped
//! them) say nothing new: an upgrade drops them with its first step and notes it.
//!
//! # Downgrade
//!
//! A target is the place to *return to*: it stays, and everything applied above it goes, on all branches.
//! "Above" are its children with all that needs them. `base` takes everything. A branch (`left@a`) picks
//! the children that lead to it. What depends on something that goes, goes too; what a revision that goes
//! had needed stays, and gets its row back where nothing else needs it. In detail:
//!
//! - a target that is applied only because something depends on it has no applied child: then everything
//!   that needs it goes;
//! - `-N` and `branch@-N` start from the one row (of the branch) and keep to the line they walk down: other
//!   branches above the place they come to stay;
//! - `branch@base` and `branch@-N` speak of one branch. Where they would take along revisions of sibling
//!   branches, because the walk goes past the branch point, they are refused;
//! - below a merge point lie several places at once. A downgrade that comes to rest there undoes the
//!   merge and whatever needs it, and its parents become rows.
//!
//! # Stamp
//!
//! Rows are set and nothing runs. The rows in line with a target (dependencies included) give way to it; a
//! target in line with none of them is a new row. With several targets, the rows in line with any of them
//! give way as soon as one target replaces a row. `base` removes all rows, `branch@base` those in line.
//!
//! # Cost
//!
//! A few sweeps over the graph, each linear in revisions and edges, then work in proportion to the steps.

use std::collections::BTreeSet;
use std::fmt;

use crate::error::GraphError;
use crate::graph::Ix;
use crate::order::upgrade_order;
use crate::rows::{RisingRows, RowChange};
use crate::target::parse::{Target, parse, parse_range};
use crate::{RevisionGraph, RevisionId};

/// What a command will do, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The rows before, sorted and without duplicates.
    pub from: Vec<RevisionId>,
    /// What a person should know besides the steps.
    pub notes: Vec<Note>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    heads_after: Vec<RevisionId>,
}

/// One revision, up or down, or one row set by a stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happens to the revision.
    pub action: Action,
    /// The revision.
    pub revision: RevisionId,
    /// What changes in the version table, in order. Each change must touch exactly one row.
    pub rows: Vec<RowChange>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Runs the revision's upgrade.
    Upgrade,
    /// Runs the revision's downgrade.
    Downgrade,
    /// Sets a row, runs nothing.
    Stamp,
    /// Removes a row, runs nothing.
    Unstamp,
}

impl Action {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Stamp => "stamp",
            Self::Unstamp => "unstamp",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something noticed while planning that is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A row of the version table says nothing new, because another row contains it.
    RedundantRow {
        /// The row.
        row: RevisionId,
        /// The row that contains it.
        contained_in: RevisionId,
        /// Whether the plan's first step removes it.
        dropped: bool,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RedundantRow {
                row,
                contained_in,
                dropped,
            } => {
                let fate = if *dropped {
                    "it is dropped"
                } else {
                    "it changes nothing"
                };
                write!(
                    f,
                    "the version table has the row `{row}`, which `{contained_in}` already contains; {fate}"
                )
            }
        }
    }
}

impl Plan {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Returns the rows of the version table after the plan, sorted. A row that an upgrade found redundant is
    /// not among them.
    pub fn heads_after(&self) -> Vec<RevisionId> {
        self.heads_after.clone()
    }

    /// Returns the rows of the version table after the first `steps` steps, sorted.
    pub fn rows_after(&self, steps: usize) -> Vec<RevisionId> {
        let mut rows: BTreeSet<RevisionId> = self.from.iter().cloned().collect();
        for change in self.steps.iter().take(steps).flat_map(|step| &step.rows) {
            change.make(&mut rows);
        }
        rows.into_iter().collect()
    }

    /// Returns the version rows after each step in turn. Asking [`Plan::rows_after`] for every step would start from
    /// the beginning each time.
    pub fn rows_along(&self) -> impl Iterator<Item = Vec<RevisionId>> {
        let mut rows: BTreeSet<RevisionId> = self.from.iter().cloned().collect();
        self.steps.iter().map(move |step| {
            for change in &step.rows {
                change.make(&mut rows);
            }
            rows.iter().cloned().collect()
        })
    }
}

impl RevisionGraph {
    /// Plans an upgrade of a database with these rows.
    ///
    /// # Errors
    /// When a row is unknown or the target has no plain meaning.
    pub fn plan_upgrade(&self, rows: &[String], target: &str) -> Result<Plan, GraphError> {
        let target = parse(target)?;
        let rows = self.rows(rows)?;
        self.upgrade(&rows, &target)
    }

    /// Plans an upgrade without a database, from `starts:end` such as `a,b:heads`. No start means an empty
    /// database, no end means `heads`.
    ///
    /// # Errors
    /// As [`RevisionGraph::plan_upgrade`], and when the text is no range.
    pub fn plan_offline_upgrade(&self, range: &str) -> Result<Plan, GraphError> {
        let (rows, end) = self.offline_range(range)?;
        self.upgrade(&rows, &end.map_or_else(|| parse("heads"), Ok)?)
    }

    /// Plans a downgrade without a database, from `starts:end` such as `heads:base`. No start means `heads`,
    /// no end means `base`.
    ///
    /// # Errors
    /// As [`RevisionGraph::plan_downgrade`], and when the text is no range.
    pub fn plan_offline_downgrade(&self, range: &str) -> Result<Plan, GraphError> {
        let (mut rows, end) = self.offline_range(range)?;
        if range.starts_with(':') {
            rows = self.real_heads().collect();
        }
        self.downgrade(&rows, &end.map_or_else(|| parse("base"), Ok)?)
    }

    fn offline_range(&self, range: &str) -> Result<(Vec<Ix>, Option<Target>), GraphError> {
        let range = parse_range(range)?;
        let mut rows = Vec::new();
        for start in &range.starts {
            rows.extend(self.show_target(start, &[])?);
        }
        rows.sort_unstable();
        rows.dedup();
        Ok((rows, range.end))
    }

    fn upgrade(&self, rows: &[Ix], target: &Target) -> Result<Plan, GraphError> {
        let (kept, redundant) = self.split_redundant(rows);
        let targets = self.upgrade_targets(target, &kept)?;
        let applied = self.reach(kept.iter().copied(), &self.needs);
        let mut missing = self.reach(targets, &self.needs);
        missing.retain(|ix| !applied.contains(ix));

        let mut table = RisingRows::new(self, &kept);
        let mut steps: Vec<Step> = upgrade_order(self, &missing)
            .into_iter()
            .map(|ix| Step {
                action: Action::Upgrade,
                revision: self.id(ix).clone(),
                rows: table.apply(ix),
            })
            .collect();
        if let Some(first) = steps.first_mut() {
            let drops = redundant
                .iter()
                .map(|&ix| RowChange::Delete(self.id(ix).clone()));
            first.rows.splice(0..0, drops);
        }
        let notes = self.redundant_rows(&kept, &redundant, !steps.is_empty());
        let mut plan = self.plan(rows, notes, steps);
        if plan.steps.is_empty() {
            plan.heads_after = self.sorted_ids_of(&kept);
        }
        Ok(plan)
    }

    pub(crate) fn redundant_rows(&self, kept: &[Ix], redundant: &[Ix], dropped: bool) -> Vec<Note> {
        if redundant.is_empty() {
            return Vec::new();
        }
        // One sweep for all: each revision belongs to the first kept row that reaches it.
        let mut reached_by: Vec<Option<Ix>> = vec![None; self.len()];
        for &row in kept {
            let mut todo = vec![row];
            while let Some(ix) = todo.pop() {
                if reached_by[ix as usize].is_none() {
                    reached_by[ix as usize] = Some(row);
                    todo.extend_from_slice(self.needs.of(ix));
                }
            }
        }
        let note = |&row: &Ix| Note::RedundantRow {
            row: self.id(row).clone(),
            contained_in: self.id(reached_by[row as usize].unwrap_or(row)).clone(),
            dropped,
        };
        redundant.iter().map(note).collect()
    }

    pub(crate) fn sorted_ids_of(&self, indices: &[Ix]) -> Vec<RevisionId> {
        let mut ids = self.ids(indices.iter().copied());
        ids.sort_unstable();
        ids
    }

    pub(crate) fn plan(&self, rows: &[Ix], notes: Vec<Note>, steps: Vec<Step>) -> Plan {
        finish(self.sorted_ids_of(rows), notes, steps)
    }
}

pub(crate) fn finish(from: Vec<RevisionId>, notes: Vec<Note>, steps: Vec<Step>) -> Plan {
    let mut plan = Plan {
        from,
        notes,
        steps,
        heads_after: Vec::new(),
    };
    plan.heads_after = plan.rows_after(plan.steps.len());
    plan
}

#[cfg(test)]
mod tests {
    use crate::drawing::{check_upgrade, graph, rows, written};

    /// Two branches on a root, each with a label.
    const FORK: &str = "a <- b1 <- b2, a <- c1 <- c2, b1 label left, c1 label right";
    const MERGE: &str = "a <- b <- m, a <- c <- m";
    /// Two trees of which one depends on the other.
    const TREES: &str = "a1 <- a2, x1 <- x2 <- x3, x2 dep a2, a1 label core, x1 label net";

    #[test]
    fn upgrade_runs_what_is_missing() {
        check_upgrade("a <- b, a <- c", "b", "heads", "c [b c]");
        check_upgrade("a <- b <- c", "", "b", "a [a], b [b]");
        check_upgrade("a <- b <- c", "c", "b", "");
        check_upgrade("a <- b <- c", "c", "base", "");
        check_upgrade(FORK, "b2", "right", "c1 [b2 c1]");
        check_upgrade(FORK, "b2", "head", "!multiple_heads");
    }

    #[test]
    fn upgrade_to_a_merge_takes_all_its_parents() {
        check_upgrade(MERGE, "b", "+1", "c [b c], m [m]");
        check_upgrade(MERGE, "b c", "m", "m [m]");
        check_upgrade(MERGE, "", "head", "a [a], b [b], c [b c], m [m]");
    }

    #[test]
    fn upgrade_walks_from_the_row() {
        check_upgrade("a <- b <- c", "", "+2", "a [a], b [b]");
        check_upgrade("a <- b <- c", "a", "+3", "!walked_too_far");
        check_upgrade("a <- b <- c", "a", "-1", "!wrong_direction");
        check_upgrade("a <- b <- c", "a", "+0", "!wrong_direction");
        check_upgrade(FORK, "a", "+1", "!ambiguous_walk");
        check_upgrade(FORK, "a", "left@+1", "b1 [b1]");
        check_upgrade(FORK, "b1 c1", "+1", "!ambiguous_rows");
        check_upgrade(FORK, "c2", "left@+1", "b1 [b1 c2]");
        check_upgrade(TREES, "x1", "+1", "a1 [a1 x1], a2 [a2 x1], x2 [x2]");
    }

    #[test]
    fn upgrade_walks_from_a_name() {
        check_upgrade("a <- b <- c", "", "base+2", "a [a], b [b]");
        check_upgrade("a <- b <- c", "", "head-1", "a [a], b [b]");
        check_upgrade(FORK, "", "left@head-1", "a [a], b1 [b1]");
        check_upgrade("a <- b <- c", "", "b+5", "!walked_too_far");
        check_upgrade("a <- b <- c", "", "a-5", "!walked_too_far");
        check_upgrade("a <- b <- c", "", "a-1", "");
    }

    /// D4
    #[test]
    fn a_head_that_another_needs_is_not_in_the_way() {
        check_upgrade(
            "a1 <- a2, x1 <- x2 dep a2",
            "",
            "head",
            "a1 [a1], a2 [a2], x1 [a2 x1], x2 [x2]",
        );
        check_upgrade("a1 <- a2, x1 <- x2 dep a1", "", "head", "!multiple_heads");
        check_upgrade("a <- b, a <- c dep b", "", "a@head", "a [a], b [b], c [c]");
    }

    /// D10
    #[test]
    fn a_row_that_another_contains_is_dropped() {
        check_upgrade("a <- b <- c", "a b", "head", "c [c]");
        check_upgrade(
            "a1 <- a2, x1 <- x2 <- x3, x2 dep a2",
            "a2 x2",
            "heads",
            "x3 [x3]",
        );
        check_upgrade("a <- b <- c", "a b", "+1", "c [c]");
        let plan = graph("a <- b").plan_upgrade(&rows("a b"), "head").unwrap();
        assert!(plan.is_empty());
        assert_eq!(plan.heads_after(), ["b"]);
        let note =
            "the version table has the row `a`, which `b` already contains; it changes nothing";
        assert_eq!(plan.notes[0].to_string(), note);
    }

    /// D2
    #[test]
    fn rows_and_labels_are_not_abbreviated() {
        check_upgrade("abcd1 <- abcd2", "abcd", "head", "!unknown_row");
        check_upgrade("abcd1 label billing", "", "bill", "!unknown_revision");
        check_upgrade("abcd1 <- abce2", "", "abc", "!prefix_too_short");
        check_upgrade("abcd1 <- abcd2", "", "abcd", "!ambiguous_prefix");
        check_upgrade("abcd1 <- abce2", "", "abce", "abcd1 [abcd1], abce2 [abce2]");
    }

    /// D14
    #[test]
    fn offline_ranges_take_several_starts() {
        let graph = graph(FORK);
        let upgrade = |range| written(graph.plan_offline_upgrade(range));
        let downgrade = |range| written(graph.plan_offline_downgrade(range));
        assert_eq!(upgrade("b1,c1:heads"), "b2 [b2 c1], c2 [b2 c2]");
        assert_eq!(upgrade("a:left"), "b1 [b1]");
        assert_eq!(upgrade(":b1"), "a [a], b1 [b1]");
        assert_eq!(upgrade("base:b1"), "a [a], b1 [b1]");
        assert_eq!(upgrade("left@head:"), "c1 [b2 c1], c2 [b2 c2]");
        assert_eq!(upgrade("b1:c1:heads"), "!invalid_range");
        assert_eq!(upgrade("heads"), "!invalid_range");
        assert_eq!(downgrade("b2:a"), "b2 [b1], b1 [a]");
        assert_eq!(downgrade("heads:left@a"), "b2 [b1 c2], b1 [c2]");
    }
}
