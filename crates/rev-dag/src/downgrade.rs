//! Downgrade: what stands above a place goes. The rules stand at the head of `plan.rs`.

use crate::RevisionGraph;
use crate::error::GraphError;
use crate::graph::Ix;
use crate::marks::Marks;
use crate::order::upgrade_order;
use crate::plan::{Action, Plan, Step};
use crate::rows::FallingRows;
use crate::target::parse::{Offset, Symbol, Target, parse};
use crate::target::resolve::{AtMerge, Branch, Landing};

/// What a downgrade takes away: the lowest revisions to undo, each with all that needs it.
struct Undo {
    roots: Vec<Ix>,
    /// The revision returned to; nothing for `base` and below a merge.
    rest_at: Option<Ix>,
}

impl RevisionGraph {
    /// Plans a downgrade of a database with these rows.
    ///
    /// # Errors
    /// When a row is unknown, the target has no plain meaning or is not applied, or other branches would be
    /// undone unasked.
    pub fn plan_downgrade(&self, rows: &[String], target: &str) -> Result<Plan, GraphError> {
        let target = parse(target)?;
        let rows = self.rows(rows)?;
        self.downgrade(&rows, &target)
    }

    pub(crate) fn downgrade(&self, rows: &[Ix], target: &Target) -> Result<Plan, GraphError> {
        let (kept, redundant) = self.split_redundant(rows);
        let applied = self.reach(kept.iter().copied(), &self.needs);
        let branch = self.target_branch(target)?;
        let undo = match target.symbol {
            Symbol::Rows => self.undo_from_rows(target, branch.as_ref(), &kept)?,
            _ => self.undo_to_name(target, branch.as_ref(), &applied)?,
        };
        let mut doomed = self.reach(undo.roots.iter().copied(), &self.needed_by);
        doomed.retain(|ix| applied.contains(ix));
        if let Some(rest_at) = undo.rest_at
            && doomed.is_empty()
            && !rows.contains(&rest_at)
        {
            doomed = self.dependents_to_undo(target, branch.as_ref(), rest_at, &applied)?;
        }
        let one_branch = matches!(
            (&target.symbol, target.offset),
            (Symbol::Base, None) | (Symbol::Rows, _)
        );
        if let (Some(branch), true) = (&branch, one_branch) {
            self.check_siblings(target, branch, &undo.roots, &doomed)?;
        }

        let mut order = upgrade_order(self, &doomed);
        order.reverse();
        let mut table = FallingRows::new(self, rows, &applied);
        let steps = order
            .into_iter()
            .map(|ix| Step {
                action: Action::Downgrade,
                revision: self.id(ix).clone(),
                rows: table.undo(ix),
            })
            .collect();
        Ok(self.plan(rows, self.redundant_rows(&kept, &redundant, false), steps))
    }

    /// `-N` and `branch@-N`.
    fn undo_from_rows(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        rows: &[Ix],
    ) -> Result<Undo, GraphError> {
        let steps = match target.offset {
            Some(Offset::Down(steps)) if steps > 0 => steps,
            _ => {
                return Err(GraphError::WrongDirection {
                    target: target.text.clone(),
                    command: "downgrade",
                });
            }
        };
        let row = self.one_row(target, branch, rows)?;
        let mut undo = self.undo_above(self.walk_down(target, Some(row), steps, AtMerge::Undo)?);
        if undo.roots.len() > 1 {
            // The ways that lead to the branch; where its label sits further down, the way that was walked.
            let to_branch = self.reach(
                [branch.map_or(row, |branch| branch.revision)],
                &self.parents,
            );
            let walked = self.reach([row], &self.parents);
            let leads = undo.roots.iter().any(|&root| to_branch.contains(root));
            undo.roots.retain(|&root| {
                if leads {
                    to_branch.contains(root)
                } else {
                    walked.contains(root)
                }
            });
        }
        Ok(undo)
    }

    /// A target that names a place, with or without an offset.
    fn undo_to_name(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        applied: &Marks,
    ) -> Result<Undo, GraphError> {
        let landing = match target.offset {
            Some(Offset::Down(steps)) => {
                let start = self.walk_start(target, branch)?;
                let at_merge = if start.is_some() {
                    AtMerge::Undo
                } else {
                    AtMerge::Refuse
                };
                self.walk_down(target, start, steps, at_merge)?
            }
            Some(Offset::Up(steps)) => {
                let start = self.walk_start(target, None)?;
                self.walk_up(target, start, steps, branch)?
                    .map_or(Landing::Base, Landing::At)
            }
            // Alembic reads `X@head` as `head` here, so that several heads are refused whatever X is.
            None => self
                .walk_start(target, None)?
                .map_or(Landing::Base, Landing::At),
        };
        match landing {
            Landing::At(ix) => self.check_on_branch(ix, branch)?,
            Landing::BelowMerge(merge) if !applied.contains(merge) => {
                return Err(GraphError::NotApplied {
                    revision: self.id(merge).clone(),
                });
            }
            Landing::BelowMerge(_) | Landing::Base => {}
        }
        let undo = self.undo_above(landing);
        let (Some(branch), true) = (branch, undo.roots.len() > 1) else {
            return Ok(undo);
        };

        let below_branch = self.reach([branch.revision], &self.parents);
        let roots: Vec<Ix> = undo
            .roots
            .iter()
            .copied()
            .filter(|&root| below_branch.contains(root))
            .collect();
        match undo.rest_at {
            Some(rest_at) if roots.is_empty() => {
                Err(self.nothing_on_branch(target, branch, rest_at))
            }
            rest_at => Ok(Undo { roots, rest_at }),
        }
    }

    /// Returns what stands directly above a landing.
    fn undo_above(&self, landing: Landing) -> Undo {
        match landing {
            Landing::At(ix) => Undo {
                roots: self.children.of(ix).to_vec(),
                rest_at: Some(ix),
            },
            Landing::Base => Undo {
                roots: self.versioned_bases().collect(),
                rest_at: None,
            },
            Landing::BelowMerge(merge) => Undo {
                roots: vec![merge],
                rest_at: None,
            },
        }
    }

    /// Returns what goes when nothing stands in line above the place to return to: what depends on it, if that
    /// is why it is applied.
    fn dependents_to_undo(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        rest_at: Ix,
        applied: &Marks,
    ) -> Result<Marks, GraphError> {
        if !applied.contains(rest_at) {
            return Err(GraphError::NotApplied {
                revision: self.id(rest_at).clone(),
            });
        }
        let has_applied_child = self
            .children
            .of(rest_at)
            .iter()
            .any(|&child| applied.contains(child));
        if let (Some(branch), true) = (branch, has_applied_child) {
            return Err(self.nothing_on_branch(target, branch, rest_at));
        }
        let mut dependents = self.reach_beyond(&[rest_at], &self.needed_by);
        dependents.retain(|ix| applied.contains(ix));
        Ok(dependents)
    }

    fn nothing_on_branch(&self, target: &Target, branch: &Branch<'_>, rest_at: Ix) -> GraphError {
        GraphError::NothingOnBranch {
            target: target.text.clone(),
            revision: self.id(rest_at).clone(),
            branch: branch.text.to_owned(),
        }
    }

    /// Refuses to undo sibling branches: descendants of the roots that are not in line with the branch.
    /// Dependents elsewhere are not siblings; they cannot stand without what they depend on.
    fn check_siblings(
        &self,
        target: &Target,
        branch: &Branch<'_>,
        roots: &[Ix],
        doomed: &Marks,
    ) -> Result<(), GraphError> {
        let mut siblings = self.reach(roots.iter().copied(), &self.children);
        siblings.retain(|ix| doomed.contains(ix) && !branch.lineage.contains(ix));
        if siblings.is_empty() {
            return Ok(());
        }
        let tips = siblings.iter().filter(|&ix| {
            !self
                .children
                .of(ix)
                .iter()
                .any(|&child| siblings.contains(child))
        });
        // The highest revision of the lineage from which a sibling parts.
        let parts = |&ix: &Ix| {
            branch.lineage.contains(ix)
                && self
                    .children
                    .of(ix)
                    .iter()
                    .any(|&child| siblings.contains(child))
        };
        let points: Vec<Ix> = doomed.iter().filter(parts).collect();
        let branch_point = self
            .split_redundant(&points)
            .0
            .first()
            .map(|&ix| self.id(ix).clone());
        Err(GraphError::SiblingBranches {
            target: target.text.clone(),
            branch: branch.text.to_owned(),
            siblings: self.ids(tips),
            branch_point,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::drawing::{check_downgrade, check_upgrade, graph, rows};

    /// Two branches on a root, each with a label.
    const FORK: &str = "a <- b1 <- b2, a <- c1 <- c2, b1 label left, c1 label right";
    const MERGE: &str = "a <- b <- m, a <- c <- m";
    /// Two trees of which one depends on the other.
    const TREES: &str = "a1 <- a2, x1 <- x2 <- x3, x2 dep a2, a1 label core, x1 label net";

    /// D3
    #[test]
    fn trailing_text_is_no_target() {
        check_upgrade("a <- b", "", "a+1xyz", "!invalid_target");
        check_upgrade("a <- b", "", "a-1xyz", "!unknown_revision");
        check_downgrade("a <- b", "b", "-1x", "!unknown_revision");
    }

    #[test]
    fn rows_that_say_nothing_stay_on_a_downgrade_until_they_are_undone() {
        check_downgrade(
            "a <- b <- c, a <- d",
            "a c d",
            "d-1",
            "d [a c], c [a b], b [a]",
        );
        check_downgrade("a <- b <- c", "a c", "b", "c [a b]");
    }

    #[test]
    fn downgrade_returns_to_a_place_on_all_branches() {
        check_downgrade("a <- b <- c", "c", "a", "c [b], b [a]");
        check_downgrade("a <- b <- c", "b", "base", "b [a], a []");
        check_downgrade(FORK, "b2 c2", "a", "c2 [b2 c1], c1 [b2], b2 [b1], b1 [a]");
        check_downgrade(FORK, "b2 c2", "left@a", "b2 [b1 c2], b1 [c2]");
        check_downgrade(MERGE, "m", "b", "m [b c]");
        check_downgrade(FORK, "b2", "c1", "!not_applied");
        check_downgrade(FORK, "b2", "b2", "");
    }

    #[test]
    fn downgrade_takes_dependents_along_and_leaves_dependencies() {
        check_downgrade(TREES, "x3", "a1", "x3 [x2], x2 [a2 x1], a2 [a1 x1]");
        check_downgrade(TREES, "x3", "net@base", "x3 [x2], x2 [a2 x1], x1 [a2]");
        check_downgrade(
            TREES,
            "x3",
            "core@base",
            "x3 [x2], x2 [a2 x1], a2 [a1 x1], a1 [x1]",
        );
    }

    /// D5
    #[test]
    fn a_branch_must_exist_and_the_place_be_on_it() {
        check_downgrade("a <- b", "b", "nosuch@base", "!unknown_branch");
        check_upgrade("a <- b", "", "nosuch@base", "!unknown_branch");
        check_downgrade(FORK, "b2 c2", "left@c1", "!not_on_branch");
        check_upgrade(FORK, "", "left@c1", "!not_on_branch");
    }

    /// D6
    #[test]
    fn one_branch_does_not_take_its_siblings_along() {
        check_downgrade(FORK, "b2 c2", "left@base", "!sibling_branches");
        check_downgrade(FORK, "b2 c2", "left@-3", "!sibling_branches");
        check_downgrade(FORK, "b2 c2", "left@-2", "b2 [b1 c2], b1 [c2]");
        check_downgrade(FORK, "b2", "left@base", "b2 [b1], b1 [a], a []");
        check_downgrade("r <- s <- t, s <- u, s label mine", "t u", "t@-1", "t [u]");
        check_downgrade("r <- s <- t, s <- u, s label mine", "t", "mine@-1", "t [s]");
    }

    #[test]
    fn the_refusal_names_the_siblings_and_where_they_part() {
        let error = graph(FORK)
            .plan_downgrade(&rows("b2 c2"), "left@base")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`left@base` would also undo `c2`, outside branch `left`"
        );
        assert_eq!(
            error.hint().unwrap(),
            "`left@a` stops at the branch point; `base` undoes everything"
        );
    }

    /// D7
    #[test]
    fn a_relative_downgrade_needs_one_row() {
        check_downgrade(FORK, "b2 c2", "-1", "!ambiguous_rows");
        let error = graph(FORK)
            .plan_downgrade(&rows("b2 c2"), "-1")
            .unwrap_err();
        assert_eq!(
            error.hint().unwrap(),
            "say which is meant: `left@-1`, `right@-1`"
        );
        check_downgrade(FORK, "b2 c2", "left@-1", "b2 [b1 c2]");
        check_downgrade(FORK, "b2 c2", "b2@-1", "b2 [b1 c2]");
        check_downgrade(FORK, "b2 c2", "b2-1", "b2 [b1 c2]");
        check_downgrade(FORK, "b2", "-2", "b2 [b1], b1 [a]");
        check_downgrade(FORK, "", "-1", "!nothing_applied");
        check_downgrade(FORK, "b2", "-4", "!walked_too_far");
        check_downgrade(FORK, "b2", "-3", "b2 [b1], b1 [a], a []");
        check_downgrade(FORK, "b2", "+1", "!wrong_direction");
    }

    /// D8
    #[test]
    fn a_merge_is_undone_but_not_walked_past() {
        check_downgrade(MERGE, "m", "-1", "m [b c]");
        check_downgrade(MERGE, "m", "m-1", "m [b c]");
        check_downgrade(MERGE, "m", "-2", "!ambiguous_walk");
        check_downgrade("a <- b <- m <- n, a <- c <- m", "n", "-2", "n [m], m [b c]");
        check_downgrade(MERGE, "b c", "m-1", "!not_applied");
    }

    /// D9
    #[test]
    fn a_place_that_is_applied_as_a_dependency_can_be_returned_to() {
        check_downgrade(TREES, "x3", "a2", "x3 [x2], x2 [a2 x1]");
    }

    /// D1
    #[test]
    fn redundant_needs_do_no_harm() {
        check_upgrade("a <- b <- c, c dep a", "b", "head", "c [c]");
        check_downgrade("a <- b <- c, c dep a, z", "c z", "b", "c [b z]");
        check_upgrade("a1 <- a2, a1 <- m, a2 <- m, b1 <- m", "a2 b1", "m", "m [m]");
        check_downgrade(
            "a1 <- a2, a1 <- m, a2 <- m, b1 <- m",
            "m",
            "-1",
            "m [a2 b1]",
        );
        check_upgrade(
            "b32 <- b36, c1 <- c3 dep b32, b36 dep c3 b32",
            "b32 c3",
            "b36",
            "b36 [b36]",
        );
    }

    #[test]
    fn unknown_rows_stop_everything() {
        check_upgrade("a <- b", "gone", "head", "!unknown_row");
        check_downgrade("a <- b", "gone", "base", "!unknown_row");
    }
}
