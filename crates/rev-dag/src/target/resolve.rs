//! What a [`Target`] means in this history and, for relative ones, on top of these rows.
//!
//! # The problem
//!
//! A person writes `billing@-1` and means some revisions. Three things go into the answer: the names in the
//! history, its shape, and what is applied. The three commands ask differently: an upgrade wants the
//! revisions to end at, a downgrade the place to return to, a stamp the rows to write.
//!
//! # Names
//!
//! An exact id, else an exact branch label (it stands for the revision that declares it), else the start of
//! exactly one id, at least four characters long. With a branch (`billing@3f2a`) only ids in its lineage
//! count as candidates. Labels and rows of the version table are never abbreviated.
//!
//! # Lineage
//!
//! `X@` confines a target to the *lineage* of X: its ancestors, itself and its descendants by parents.
//! `X@head` is the head in it, `X@heads` all of them. X may be a label or a revision.
//!
//! # `head`
//!
//! `head` needs a single head. A head that another head contains through `depends_on` does not count:
//! it will be applied with that one, and leads nowhere else. `heads` means the effective heads, which no
//! other revision needs; `X@heads` the heads of the lineage.
//!
//! # Walking
//!
//! `+N` and `-N` count parents and children; dependencies come along but are not counted. Where the walk
//! comes to a fork it is ambiguous, except that
//! - a walk up with a branch goes on in the branch's lineage;
//! - a downgrade that ends at a merge point undoes the merge: both its parents are then the rows.
//!
//! A walk down may end at `base`, one step below a revision without parents, and not beyond.
//! From `base` a walk up goes to the only revision without parents; a walk *down* from `base` begins
//! again at the only head, which is Alembic's reading too.
//!
//! # Cost
//!
//! Each target costs at most a few sweeps over the graph, and no sweep at all for plain names.

use super::parse::{Offset, Symbol, Target};
use crate::error::{GraphError, near};
use crate::graph::{Ix, SHORTEST_PREFIX};
use crate::marks::Marks;
use crate::{RevisionGraph, RevisionId};

/// A branch as named before an `@`: the revision it hangs on, and all in line with that.
pub(crate) struct Branch<'t> {
    pub(crate) text: &'t str,
    pub(crate) revision: Ix,
    pub(crate) lineage: Marks,
}

/// Where a walk down ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Landing {
    /// At a revision.
    At(Ix),
    /// Below the last one.
    Base,
    /// Just below a merge point, at all of its parents.
    BelowMerge(Ix),
}

/// For how many rows a target is suggested that says which is meant.
const CHOICES: usize = 10;

/// How many labels of a row are tried as a handle for it; there are rarely more than two.
const LABELS_TRIED: usize = 8;

/// What a walk down does when its last step starts at a merge point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtMerge {
    /// Ends at all its parents.
    Undo,
    /// Is ambiguous.
    Refuse,
}

impl RevisionGraph {
    /// Returns the revisions that a target means where nothing is known of a database: none for `base`,
    /// several perhaps for `heads`.
    ///
    /// # Errors
    /// Names what cannot be found or told apart. Targets that start from rows (`+1`, `current`) are among that.
    pub fn resolve_revisions(&self, text: &str) -> Result<Vec<RevisionId>, GraphError> {
        self.resolve_revisions_at(text, &[])
    }

    /// Returns the one revision that a target means.
    ///
    /// # Errors
    /// As [`RevisionGraph::resolve_revisions`], and when the target means none or several.
    pub fn resolve_revision(&self, text: &str) -> Result<RevisionId, GraphError> {
        let mut found = self.resolve_revisions(text)?;
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(last), false) => {
                found.push(last);
                Err(GraphError::MultipleHeads {
                    asked: text.to_owned(),
                    heads: found,
                })
            }
            (None, _) => Err(GraphError::NotOneRevision {
                asked: text.to_owned(),
            }),
        }
    }

    /// Returns the revisions that a target means on top of the rows of a database: `current` and relative
    /// targets are answered too.
    ///
    /// # Errors
    /// Names what cannot be found or told apart.
    pub fn resolve_revisions_at(
        &self,
        text: &str,
        rows: &[String],
    ) -> Result<Vec<RevisionId>, GraphError> {
        let target = super::parse::parse(text)?;
        let rows = self.rows(rows)?;
        Ok(self.ids(self.show_target(&target, &rows)?))
    }

    /// Returns the rows as indices, without duplicates, in canonical order. Rows match exactly.
    pub(crate) fn rows(&self, rows: &[impl AsRef<str>]) -> Result<Vec<Ix>, GraphError> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let row = row.as_ref();
            found.push(*self.by_id.get(row).ok_or_else(|| GraphError::UnknownRow {
                row: row.to_owned(),
                near: near(row, self.by_id.keys().map(RevisionId::as_str)),
            })?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Returns what a target means to the commands that only look: `history`, `show`, `edit`, `graph`.
    pub(crate) fn show_target(&self, target: &Target, rows: &[Ix]) -> Result<Vec<Ix>, GraphError> {
        let branch = self.target_branch(target)?;
        let from_rows = matches!(target.symbol, Symbol::Current | Symbol::Rows);
        let Some(offset) = target.offset else {
            if from_rows {
                let on_branch = |ix: &Ix| {
                    branch
                        .as_ref()
                        .is_none_or(|branch| branch.lineage.contains(*ix))
                };
                return Ok(rows.iter().copied().filter(on_branch).collect());
            }
            return self.absolute(target, branch.as_ref());
        };
        match offset {
            Offset::Up(steps) if from_rows => Ok(vec![self.up_from_rows(
                target,
                branch.as_ref(),
                rows,
                steps,
            )?]),
            Offset::Down(steps) if from_rows => {
                let start = self.one_row(target, branch.as_ref(), rows)?;
                Ok(
                    match self.walk_down(target, Some(start), steps, AtMerge::Undo)? {
                        Landing::At(ix) => vec![ix],
                        Landing::Base => vec![],
                        Landing::BelowMerge(merge) => self.parents.of(merge).to_vec(),
                    },
                )
            }
            Offset::Up(_) | Offset::Down(_) => {
                self.relative_to_name(target, branch.as_ref(), offset)
            }
        }
    }

    /// Returns the revisions an upgrade is to end at.
    pub(crate) fn upgrade_targets(
        &self,
        target: &Target,
        rows: &[Ix],
    ) -> Result<Vec<Ix>, GraphError> {
        let branch = self.target_branch(target)?;
        let targets = match (&target.symbol, target.offset) {
            (Symbol::Rows, Some(Offset::Up(steps))) if steps > 0 => {
                vec![self.up_from_rows(target, branch.as_ref(), rows, steps)?]
            }
            (Symbol::Rows, _) => {
                return Err(GraphError::WrongDirection {
                    target: target.text.clone(),
                    command: "upgrade",
                });
            }
            (_, Some(offset)) => self.relative_to_name(target, branch.as_ref(), offset)?,
            (_, None) => self.absolute(target, branch.as_ref())?,
        };
        self.check_apart(target, &targets)?;
        Ok(targets)
    }

    /// Refuses targets of which one contains another, which only `X@heads` can produce.
    fn check_apart(&self, target: &Target, targets: &[Ix]) -> Result<(), GraphError> {
        if targets.len() < 2 {
            return Ok(());
        }
        let (_, redundant) = self.split_redundant(targets);
        let Some(&below) = redundant.first() else {
            return Ok(());
        };
        let above = self.one_above(below, targets).unwrap_or(below);
        Err(GraphError::OverlappingTargets {
            asked: target.text.clone(),
            above: self.id(above).clone(),
            below: self.id(below).clone(),
        })
    }

    /// Returns one of the candidates that contains `below`.
    pub(crate) fn one_above(&self, below: Ix, candidates: &[Ix]) -> Option<Ix> {
        let above = self.reach_beyond(&[below], &self.needed_by);
        candidates.iter().copied().find(|&ix| above.contains(ix))
    }

    /// Returns the branch before the `@`, if there is one.
    pub(crate) fn target_branch<'t>(
        &self,
        target: &'t Target,
    ) -> Result<Option<Branch<'t>>, GraphError> {
        let Some(text) = target.branch.as_deref() else {
            return Ok(None);
        };
        let revision = match self.name(text, None) {
            Err(GraphError::UnknownRevision { asked, near }) => {
                return Err(GraphError::UnknownBranch { asked, near });
            }
            other => other?,
        };
        Ok(Some(Branch {
            text,
            revision,
            lineage: self.lineage(revision),
        }))
    }

    /// Returns the revision called `text`.
    pub(crate) fn name(&self, text: &str, branch: Option<&Branch<'_>>) -> Result<Ix, GraphError> {
        let ix = match self.by_id.get(text).or_else(|| self.by_label.get(text)) {
            Some(&ix) => ix,
            None => self.prefix(text, branch)?,
        };
        self.check_on_branch(ix, branch)?;
        Ok(ix)
    }

    pub(crate) fn check_on_branch(
        &self,
        ix: Ix,
        branch: Option<&Branch<'_>>,
    ) -> Result<(), GraphError> {
        match branch {
            Some(branch) if !branch.lineage.contains(ix) => Err(GraphError::NotOnBranch {
                revision: self.id(ix).clone(),
                branch: branch.text.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn prefix(&self, text: &str, branch: Option<&Branch<'_>>) -> Result<Ix, GraphError> {
        let everywhere = if text.is_empty() {
            &[]
        } else {
            self.ids_starting_with(text)
        };
        let mut matches: Vec<Ix> = everywhere.to_vec();
        if let Some(branch) = branch {
            matches.retain(|&ix| branch.lineage.contains(ix));
            if let (true, Some(&elsewhere)) = (matches.is_empty(), everywhere.first()) {
                matches.push(elsewhere);
            }
        }
        match matches.as_slice() {
            [] => Err(GraphError::UnknownRevision {
                asked: text.to_owned(),
                near: near(text, self.names()),
            }),
            _ if text.chars().count() < SHORTEST_PREFIX => Err(GraphError::PrefixTooShort {
                prefix: text.to_owned(),
                matches: self.ids(matches),
            }),
            &[ix] => Ok(ix),
            _ => Err(GraphError::AmbiguousPrefix {
                prefix: text.to_owned(),
                matches: self.ids(matches),
            }),
        }
    }

    /// Returns what a target without an offset means: nothing for `base`.
    pub(crate) fn absolute(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
    ) -> Result<Vec<Ix>, GraphError> {
        match &target.symbol {
            Symbol::Base => Ok(Vec::new()),
            Symbol::Head => Ok(self.head(target, branch)?.into_iter().collect()),
            Symbol::Heads => Ok(match branch {
                Some(branch) => self
                    .versioned_heads()
                    .filter(|&ix| branch.lineage.contains(ix))
                    .collect(),
                None => self.real_heads().collect(),
            }),
            Symbol::Name(name) => Ok(vec![self.name(name, branch)?]),
            Symbol::Current | Symbol::Rows => Err(GraphError::InvalidTarget {
                target: target.text.clone(),
                reason: "`current` is known to `history`, `show`, `edit` and `graph` only",
            }),
        }
    }

    /// Returns the one head, on the branch if there is one; nothing in an empty history.
    pub(crate) fn head(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
    ) -> Result<Option<Ix>, GraphError> {
        let on_branch = |ix: &Ix| branch.is_none_or(|branch| branch.lineage.contains(*ix));
        let heads: Vec<Ix> = self.versioned_heads().filter(on_branch).collect();
        if heads.len() < 2 {
            return Ok(heads.first().copied());
        }
        match self.split_redundant(&heads).0.as_slice() {
            &[one] => Ok(Some(one)),
            _ => Err(GraphError::MultipleHeads {
                asked: target.text.clone(),
                heads: self.ids(heads),
            }),
        }
    }

    /// Returns the one revision where a walk from a name starts: nothing for `base`.
    pub(crate) fn walk_start(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
    ) -> Result<Option<Ix>, GraphError> {
        match self.absolute(target, branch)?.as_slice() {
            [] => Ok(None),
            &[one] => Ok(Some(one)),
            several => Err(GraphError::MultipleHeads {
                asked: target.text.clone(),
                heads: self.ids(several.iter().copied()),
            }),
        }
    }

    /// Returns what `name+N` or `name-N` means: nothing when it comes out at `base`.
    fn relative_to_name(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        offset: Offset,
    ) -> Result<Vec<Ix>, GraphError> {
        match offset {
            Offset::Up(steps) => {
                let start = self.walk_start(target, None)?;
                Ok(self
                    .walk_up(target, start, steps, branch)?
                    .into_iter()
                    .collect())
            }
            Offset::Down(steps) => {
                let start = self.walk_start(target, branch)?;
                match self.walk_down(target, start, steps, AtMerge::Refuse)? {
                    Landing::At(ix) => Ok(vec![ix]),
                    Landing::Base | Landing::BelowMerge(_) => Ok(Vec::new()),
                }
            }
        }
    }

    /// Returns where `+N` or `branch@+N` ends.
    fn up_from_rows(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        rows: &[Ix],
        steps: u64,
    ) -> Result<Ix, GraphError> {
        let starts = match branch {
            None => rows.to_vec(),
            Some(branch) => self.applied_tips(branch, rows),
        };
        let start = match starts.as_slice() {
            [] => None,
            &[one] => Some(one),
            _ => return Err(self.ambiguous_rows(target, &starts, "+")),
        };
        // A walk of at least one step that does not go too far ends at a revision.
        self.walk_up(target, start, steps, branch)?
            .ok_or_else(|| GraphError::WalkedTooFar {
                target: target.text.clone(),
                available: 0,
            })
    }

    /// Returns where on the branch a walk up starts: at its rows; else, where everything on it is applied only
    /// because something else needs it, at the topmost of that.
    fn applied_tips(&self, branch: &Branch<'_>, rows: &[Ix]) -> Vec<Ix> {
        let on_branch: Vec<Ix> = rows
            .iter()
            .copied()
            .filter(|&ix| branch.lineage.contains(ix))
            .collect();
        if !on_branch.is_empty() {
            return on_branch;
        }
        let mut active = self.reach(rows.iter().copied(), &self.needs);
        active.retain(|ix| branch.lineage.contains(ix));
        let tip = |&ix: &Ix| !self.needed_by.of(ix).iter().any(|&up| active.contains(up));
        active.iter().filter(tip).collect()
    }

    /// Returns the one row that `-N` or `branch@-N` starts from. When the branch has no row, the tip of what
    /// is applied on it, because something else needs it, takes its place.
    pub(crate) fn one_row(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        rows: &[Ix],
    ) -> Result<Ix, GraphError> {
        let starts = match branch {
            None => rows.to_vec(),
            Some(branch) => {
                let on_branch: Vec<Ix> = rows
                    .iter()
                    .copied()
                    .filter(|&ix| branch.lineage.contains(ix))
                    .collect();
                if on_branch.is_empty() {
                    self.line_tips(branch, rows)
                } else {
                    on_branch
                }
            }
        };
        match starts.as_slice() {
            [] => Err(GraphError::NothingApplied {
                target: target.text.clone(),
                branch: branch.map(|branch| branch.text.to_owned()),
            }),
            &[one] => Ok(one),
            _ => Err(self.ambiguous_rows(target, &starts, "-")),
        }
    }

    /// Returns the applied revisions on the branch that have no applied child.
    fn line_tips(&self, branch: &Branch<'_>, rows: &[Ix]) -> Vec<Ix> {
        let applied = self.reach(rows.iter().copied(), &self.needs);
        let tip = |&ix: &Ix| {
            branch.lineage.contains(ix)
                && !self
                    .children
                    .of(ix)
                    .iter()
                    .any(|&child| applied.contains(child))
        };
        applied.iter().filter(tip).collect()
    }

    fn ambiguous_rows(&self, target: &Target, rows: &[Ix], sign: &str) -> GraphError {
        let steps = target.offset.map_or(1, Offset::steps);
        let choices = rows
            .iter()
            .take(CHOICES)
            .map(|&row| format!("{}@{sign}{steps}", self.handle(row, rows)))
            .collect();
        GraphError::AmbiguousRows {
            target: target.text.clone(),
            rows: self.ids(rows.iter().copied()),
            choices,
        }
    }

    /// Returns a branch to call one row by: a label that leads to no other of the rows, else the row itself.
    fn handle<'a>(&'a self, row: Ix, rows: &[Ix]) -> &'a str {
        let leads_here = |label: &&str| {
            let Some(&declaring) = self.by_label.get(*label) else {
                return false;
            };
            let lineage = self.lineage(declaring);
            rows.iter()
                .all(|&other| lineage.contains(other) == (other == row))
        };
        self.labels_of(self.id(row))
            .into_iter()
            .take(LABELS_TRIED)
            .find(leads_here)
            .unwrap_or(self.id(row))
    }

    /// Walks up from a revision, or from `base`; on a branch, inside its lineage.
    pub(crate) fn walk_up(
        &self,
        target: &Target,
        start: Option<Ix>,
        steps: u64,
        branch: Option<&Branch<'_>>,
    ) -> Result<Option<Ix>, GraphError> {
        let mut at = start;
        for step in 0..steps {
            let mut ways: Vec<Ix> = match at {
                None => self.versioned_bases().collect(),
                Some(ix) => self.children.of(ix).to_vec(),
            };
            ways.retain(|&ix| branch.is_none_or(|branch| branch.lineage.contains(ix)));
            at = match ways.as_slice() {
                [] => {
                    return Err(GraphError::WalkedTooFar {
                        target: target.text.clone(),
                        available: step,
                    });
                }
                &[one] => Some(one),
                several => return Err(self.ambiguous_walk(target, at, several)),
            };
        }
        Ok(at)
    }

    /// Walks down from a revision, or from `base` round to the head.
    pub(crate) fn walk_down(
        &self,
        target: &Target,
        start: Option<Ix>,
        steps: u64,
        at_merge: AtMerge,
    ) -> Result<Landing, GraphError> {
        let heads: Vec<Ix>;
        let mut at = start.map_or(Landing::Base, Landing::At);
        for step in 0..steps {
            let ways = match at {
                Landing::At(ix) => self.parents.of(ix),
                Landing::Base if step == 0 => {
                    heads = self.versioned_heads().collect();
                    return match heads.as_slice() {
                        &[one] => self.walk_down(target, Some(one), steps - 1, at_merge),
                        [] => Ok(Landing::Base),
                        several => Err(self.ambiguous_walk(target, None, several)),
                    };
                }
                Landing::Base | Landing::BelowMerge(_) => {
                    return Err(GraphError::WalkedTooFar {
                        target: target.text.clone(),
                        available: step,
                    });
                }
            };
            at = match (ways, at) {
                ([], _) => Landing::Base,
                (&[one], _) => Landing::At(one),
                (_, Landing::At(merge)) if at_merge == AtMerge::Undo && step + 1 == steps => {
                    Landing::BelowMerge(merge)
                }
                (several, Landing::At(merge)) => {
                    return Err(self.ambiguous_walk(target, Some(merge), several));
                }
                (several, _) => return Err(self.ambiguous_walk(target, None, several)),
            };
        }
        Ok(at)
    }

    fn ambiguous_walk(&self, target: &Target, at: Option<Ix>, ways: &[Ix]) -> GraphError {
        GraphError::AmbiguousWalk {
            target: target.text.clone(),
            at: at.map(|ix| self.id(ix).clone()),
            choices: self.ids(ways.iter().copied()),
        }
    }
}
