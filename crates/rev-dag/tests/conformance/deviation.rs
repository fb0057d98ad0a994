//! Where we may differ from Alembic: each rule says from the facts of a case whether it applies, and what
//! the answer must then be.
//!
//! The rules are D1 to D14 of `docs/src/concepts/graph.md`. D3, D12, D13 and D14 cannot show in
//! these cases (the recorder writes no trailing text, compares sets of steps, refuses double ids on
//! loading, and asks for no offline ranges); unit tests hold them.

use rev_dag::{GraphError, Offset, Plan, RevisionGraph, Symbol, Target, parse_target};

use crate::case::{Case, Ids};
use crate::model::Model;
use crate::{answer, ids, steps};

/// The rules, in the order in which they are tried.
pub const RULES: [(&str, Rule); 11] = [
    ("D2", short_prefix),
    ("D5", unknown_or_foreign_branch),
    ("D4", head_that_contains_the_others),
    ("D10", overlapping_rows),
    ("D7", relative_downgrade_of_several_rows),
    ("D6", sibling_branches),
    ("D6", one_branch_above_its_label),
    ("D8", undo_a_merge),
    ("D9", applied_as_a_dependency),
    ("D1", redundant_needs_leave_no_rows),
    ("D1", alembic_crashes),
];

/// Returns whether the rule allows and confirms our answer.
pub type Rule = fn(&Situation<'_>) -> bool;

/// One case with everything a rule may look at.
pub struct Situation<'a> {
    pub graph: &'a RevisionGraph,
    pub model: &'a Model,
    pub case: &'a Case,
    pub ours: &'a Result<Plan, GraphError>,
}

impl Situation<'_> {
    fn code(&self) -> &'static str {
        self.ours.as_ref().map_or_else(GraphError::code, |_| "")
    }

    /// The target, of a command that takes one.
    fn target(&self) -> Option<Target> {
        parse_target(&self.case.target).ok()
    }

    fn rows(&self) -> Ids {
        self.case.rows.iter().cloned().collect()
    }

    fn applied(&self) -> Ids {
        self.model.needed(&self.rows())
    }

    /// Whether our answer is exactly this downgrade.
    fn undoes(&self, undone: &Ids) -> bool {
        let rest = &self.applied() - undone;
        // A downgrade does not touch rows that said nothing before.
        let after = &self.model.tops(&rest) | &(&self.rows() & &rest);
        self.ours.as_ref().is_ok_and(|plan| {
            let signed: Ids = undone.iter().map(|id| format!("-{id}")).collect();
            steps(plan) == signed && ids(plan.heads_after()) == after
        })
    }

    /// Whether we answer the same when the question is put in other words.
    fn answers_like(&self, rows: &[String], target: &str) -> bool {
        let other = answer(self.graph, &self.case.command, rows, target);
        match (self.ours, &other) {
            (Ok(ours), Ok(other)) => steps(ours) == steps(other),
            (Err(ours), Err(other)) => ours.code() == other.code(),
            _ => false,
        }
    }

    /// The revision a walk down starts from, where that is plain.
    fn walk_start(&self, target: &Target) -> Option<String> {
        let lineage = match &target.branch {
            Some(name) => Some(self.model.lineage(&self.whole_name(name)?)),
            None => None,
        };
        let on_branch = |ids: Ids| {
            lineage
                .as_ref()
                .map_or(ids.clone(), |lineage| &ids & lineage)
        };
        let starts = match &target.symbol {
            Symbol::Name(name) => return self.whole_name(name),
            Symbol::Head | Symbol::Heads => self.model.tops(&on_branch(self.model.heads())),
            Symbol::Rows => {
                let rows = on_branch(self.model.tops(&self.rows()));
                let applied = self.applied();
                let tip = |id: &String| {
                    !self
                        .model
                        .children(id)
                        .iter()
                        .any(|child| applied.contains(child))
                };
                if rows.is_empty() {
                    on_branch(applied.iter().filter(|id| tip(id)).cloned().collect())
                } else {
                    rows
                }
            }
            Symbol::Base | Symbol::Current => return None,
        };
        starts.first().filter(|_| starts.len() == 1).cloned()
    }

    /// The revision that a target means, where that is plain.
    fn place(&self, target: &Target) -> Option<String> {
        let only = |mut ids: Vec<String>| if ids.len() == 1 { ids.pop() } else { None };
        match target.offset {
            None => self.walk_start(target),
            Some(Offset::Down(count)) => (0..count).try_fold(self.walk_start(target)?, |at, _| {
                only(self.model.parents[&at].clone())
            }),
            Some(Offset::Up(count)) => {
                let branch = target
                    .branch
                    .as_deref()
                    .and_then(|name| self.whole_name(name));
                let lineage = branch.map(|branch| self.model.lineage(&branch));
                let bases = self
                    .model
                    .parents
                    .iter()
                    .filter(|(_, parents)| parents.is_empty());
                let bases: Vec<String> = bases.map(|(id, _)| id.clone()).collect();
                (0..count).try_fold(self.walk_start(target), |at, _| {
                    let mut ways = at.map_or(bases.clone(), |at| self.model.children(&at));
                    ways.retain(|id| lineage.as_ref().is_none_or(|lineage| lineage.contains(id)));
                    only(ways).map(Some)
                })?
            }
        }
    }

    /// Where walks down from all effective heads end.
    fn below_heads(&self, count: u64) -> Ids {
        let walk = |head: String| {
            (0..count).try_fold(head, |at, _| match self.model.parents[&at].as_slice() {
                [parent] => Some(parent.clone()),
                _ => None,
            })
        };
        let heads = self.model.tops(&self.model.heads());
        heads.into_iter().filter_map(walk).collect()
    }

    /// What the targets of a stamp mean, and that with the branches they name.
    fn stamped(&self) -> (Ids, Ids) {
        let mut told = Ids::new();
        let mut branches = Ids::new();
        for target in self
            .case
            .target
            .split(' ')
            .filter_map(|text| parse_target(text).ok())
        {
            let branch = target
                .branch
                .as_deref()
                .and_then(|name| self.whole_name(name));
            match (&target.symbol, target.offset, &branch) {
                (_, Some(offset), _) => told.extend(self.below_heads(offset.steps())),
                (Symbol::Name(name), None, _) => told.extend(self.whole_name(name)),
                (Symbol::Heads, None, Some(branch)) => {
                    told.extend(&self.model.heads() & &self.model.lineage(branch));
                }
                _ => told.extend(self.model.tops(&self.model.heads())),
            }
            branches.extend(branch);
        }
        let anchors = &told | &branches;
        (told, anchors)
    }

    fn whole_name(&self, name: &str) -> Option<String> {
        self.model
            .exact(name)
            .or_else(|| match self.model.starting_with(name).as_slice() {
                [one] if name.len() >= 4 => Some(one.clone()),
                _ => None,
            })
    }
}

/// D2: a name that Alembic completes and we do not, because it is short or completes a label.
fn short_prefix(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    let symbol = if let Symbol::Name(name) = &target.symbol {
        Some(name.as_str())
    } else {
        None
    };
    [target.branch.as_deref(), symbol]
        .into_iter()
        .flatten()
        .any(|name| {
            if at.model.exact(name).is_some() {
                return false;
            }
            let matches = at.model.starting_with(name);
            let labels = at
                .model
                .labels
                .keys()
                .filter(|label| label.starts_with(name))
                .count();
            match matches.as_slice() {
                _ if name.len() < 4 && matches.len() + labels > 0 => {
                    matches!(
                        at.code(),
                        "prefix_too_short" | "unknown_revision" | "unknown_branch"
                    )
                }
                [] if labels > 0 => matches!(at.code(), "unknown_revision" | "unknown_branch"),
                // Alembic finds it ambiguous with a label.
                [one] if labels > 0 => {
                    at.answers_like(&at.case.rows, &at.case.target.replace(name, one))
                }
                _ => false,
            }
        })
}

/// D5: the branch does not exist, or the revision is not on it; Alembic looks away when only one way is left.
fn unknown_or_foreign_branch(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    let Some(name) = &target.branch else {
        return false;
    };
    let Some(branch) = at.whole_name(name) else {
        return at.model.starting_with(name).is_empty() && at.code() == "unknown_branch";
    };
    let place = match (&target.symbol, target.offset) {
        (Symbol::Name(name), None) => at.whole_name(name),
        (Symbol::Head | Symbol::Heads, None) => {
            let mut heads = at.model.tops(&at.model.heads());
            (heads.len() == 1).then(|| heads.pop_first()).flatten()
        }
        _ => None,
    };
    let foreign = place.is_some_and(|place| !at.model.lineage(&branch).contains(&place));
    foreign && at.code() == "not_on_branch"
}

/// D4: one head needs all the others.
fn head_that_contains_the_others(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    if at.case.error != "multiple_heads" || target.symbol != Symbol::Head {
        return false;
    }
    let mut heads = at.model.heads();
    if at.case.command != "downgrade"
        && let Some(branch) = target
            .branch
            .as_deref()
            .and_then(|name| at.whole_name(name))
    {
        heads = &heads & &at.model.lineage(&branch);
    }
    let mut tops = at.model.tops(&heads);
    let (Some(one), true) = (tops.pop_first(), tops.is_empty()) else {
        return false;
    };
    heads.len() > 1 && at.answers_like(&at.case.rows, &at.case.target.replace("head", &one))
}

/// D10: rows that other rows contain say nothing. An upgrade goes on from the others and drops them; `-N` is not
/// ambiguous because of them.
fn overlapping_rows(at: &Situation<'_>) -> bool {
    let tops = at.model.tops(&at.rows());
    if tops == at.rows() {
        return false;
    }
    let rows: Vec<String> = tops.iter().cloned().collect();
    let from_rows = at
        .target()
        .is_some_and(|target| target.symbol == Symbol::Rows);
    let applies = match at.case.command.as_str() {
        "upgrade" => {
            let dropped = at.ours.as_ref().map_or(true, |plan| {
                let after = ids(plan.heads_after());
                at.model.tops(&after) == after
            });
            !at.case.error.is_empty() && dropped
        }
        "downgrade" => from_rows,
        _ => false,
    };
    applies && at.answers_like(&rows, &at.case.target)
}

/// D7: `-N` from several rows.
fn relative_downgrade_of_several_rows(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    at.case.command == "downgrade"
        && target.branch.is_none()
        && target.symbol == Symbol::Rows
        && at.model.tops(&at.rows()).len() > 1
        && at.code() == "ambiguous_rows"
}

/// D6: Alembic undoes revisions that stand above a shared one but not in line with the branch.
fn sibling_branches(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    let Some(branch) = target
        .branch
        .as_deref()
        .and_then(|name| at.whole_name(name))
    else {
        return false;
    };
    let one_branch = matches!(
        (&target.symbol, target.offset),
        (Symbol::Base, None) | (Symbol::Rows, Some(_))
    );
    let Err(GraphError::SiblingBranches { siblings, .. }) = at.ours else {
        return false;
    };
    let lineage = at.model.lineage(&branch);
    let undone: Ids = at
        .case
        .steps
        .iter()
        .map(|step| step[1..].to_owned())
        .collect();
    let shared = at
        .model
        .line_above(&(&undone & &at.model.line_below(&Ids::from([branch]))));
    at.case.command == "downgrade"
        && one_branch
        && siblings.iter().all(|id| {
            undone.contains(id.as_str())
                && shared.contains(id.as_str())
                && !lineage.contains(id.as_str())
        })
}

/// D6: `branch@-N` that stays above the branch's label works.
fn one_branch_above_its_label(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    let (Some(_), Symbol::Rows, Some(Offset::Down(count))) =
        (&target.branch, &target.symbol, target.offset)
    else {
        return false;
    };
    let Some(start) = at.walk_start(&target) else {
        return false;
    };
    let mut root = start;
    for _ in 1..count {
        let [parent] = at.model.parents[&root].as_slice() else {
            return false;
        };
        root = parent.clone();
    }
    let undone = &at.model.needing(&Ids::from([root])) & &at.applied();
    at.case.command == "downgrade"
        && at.case.error == "branch_excludes_every_root"
        && at.undoes(&undone)
}

/// D8: the last step down starts at a merge point.
fn undo_a_merge(at: &Situation<'_>) -> bool {
    let Some(target) = at.target() else {
        return false;
    };
    let Some(Offset::Down(count)) = target.offset else {
        return false;
    };
    let Some(mut merge) = at.walk_start(&target) else {
        return false;
    };
    for _ in 1..count {
        let [parent] = at.model.parents[&merge].as_slice() else {
            return false;
        };
        merge = parent.clone();
    }
    let undone = &at.model.needing(&Ids::from([merge.clone()])) & &at.applied();
    at.case.command == "downgrade"
        && at.case.error == "ambiguous_walk"
        && at.model.parents[&merge].len() > 1
        && at.undoes(&undone)
}

/// D9: the place to return to is applied, but nothing of its own line is above it.
fn applied_as_a_dependency(at: &Situation<'_>) -> bool {
    let Some(place) = at.target().and_then(|target| at.place(&target)) else {
        return false;
    };
    let applied = at.applied();
    let mut undone = &at.model.needing(&Ids::from([place.clone()])) & &applied;
    undone.remove(&place);
    at.case.command == "downgrade"
        && at.case.error == "not_ancestor"
        && applied.contains(&place)
        && !at
            .model
            .children(&place)
            .iter()
            .any(|child| applied.contains(child))
        && at.undoes(&undone)
}

/// D1: what a revision needs twice over (a redundant `depends_on`, a merge that lists an ancestor) makes Alembic
/// leave rows that other rows contain.
fn redundant_needs_leave_no_rows(at: &Situation<'_>) -> bool {
    let tops = &at.model.tops(&at.case.rows_after) | &(&at.rows() & &at.case.rows_after);
    at.case.error.is_empty()
        && at.case.command != "stamp"
        && tops != at.case.rows_after
        && at.ours.as_ref().is_ok_and(|plan| {
            steps(plan) == at.case.steps.iter().cloned().collect()
                && ids(plan.heads_after()) == tops
        })
}

/// D1: anything but a crash; an upgrade or downgrade leaves the rows its steps imply, a stamp the rows it was told.
fn alembic_crashes(at: &Situation<'_>) -> bool {
    if at.case.error != "crash" {
        return false;
    }
    let Ok(plan) = at.ours else { return true };
    let touched: Ids = plan
        .steps
        .iter()
        .map(|step| step.revision.to_string())
        .collect();
    let after = ids(plan.heads_after());
    match at.case.command.as_str() {
        "upgrade" => after == at.model.tops(&(&at.applied() | &touched)),
        "downgrade" => after == at.model.tops(&(&at.applied() - &touched)),
        _ => {
            let (told, anchors) = at.stamped();
            let in_line = &at.model.needed(&anchors) | &at.model.needing(&anchors);
            after == &(&at.rows() - &in_line) | &told
        }
    }
}
