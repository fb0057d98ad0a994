//! Ranges for people to look at: `history -r a:b`.

use crate::error::GraphError;
use crate::graph::Ix;
use crate::order::upgrade_order;
use crate::target::parse::{Offset, Symbol, Target, parse, parse_range};
use crate::target::resolve::{AtMerge, Branch, Landing};
use crate::{RevisionGraph, RevisionId};

impl RevisionGraph {
    /// Returns the revisions from `a` to `b`, both included, in the order of an upgrade.
    ///
    /// The range is what `b` needs and what descends from `a`; where only a dependency leads from one to the
    /// other, what needs `a`. No start means the bases, no end the effective heads. `a:+N` ends N above the
    /// start, `-N:b` starts N below the end; both stop where the history does. `billing@base:` is what the
    /// branch needs, from the bottom.
    ///
    /// # Errors
    /// When an end has no plain meaning, or a start is not below the end.
    pub fn range(&self, range: &str) -> Result<Vec<RevisionId>, GraphError> {
        self.range_at(range, &[])
    }

    /// Returns a range in which `current` may be used: it stands for these rows.
    ///
    /// # Errors
    /// As [`RevisionGraph::range`], and when a row is unknown.
    pub fn range_at(&self, text: &str, rows: &[String]) -> Result<Vec<RevisionId>, GraphError> {
        let rows = self.rows(rows)?;
        let range = parse_range(text)?;
        let end = range.end.map_or_else(|| parse("heads"), Ok)?;
        let mut starts: Vec<Ix> = Vec::new();
        let mut ends = match (&end.symbol, end.offset) {
            (Symbol::Rows, Some(Offset::Up(steps))) => {
                for start in &range.starts {
                    starts.extend(self.show_target(start, &rows)?);
                }
                self.ends_above(&end, &starts, steps)?
            }
            _ => {
                let ends = self.show_up_to(&end, &rows)?;
                for start in &range.starts {
                    starts.extend(match (&start.symbol, start.offset) {
                        (Symbol::Rows, Some(Offset::Down(steps))) => {
                            self.starts_below(start, &ends, steps)?
                        }
                        _ => self.show_target(start, &rows)?,
                    });
                }
                ends
            }
        };
        for start in range
            .starts
            .iter()
            .filter(|start| start.symbol == Symbol::Base && start.offset.is_none())
        {
            if let Some(branch) = self.target_branch(start)? {
                ends.retain(|&ix| self.belongs_to(ix, &branch));
            }
        }

        let mut set = self.reach(ends.iter().copied(), &self.needs);
        if let Some(&start) = starts.iter().find(|&&start| !set.contains(start)) {
            return Err(GraphError::NotALine {
                range: text.to_owned(),
                start: self.id(start).clone(),
            });
        }
        if !starts.is_empty() {
            let mut above = self.reach(starts.iter().copied(), &self.children);
            if !ends.iter().any(|&end| above.contains(end)) {
                // No line leads from here to there, only a dependency: then that counts as one.
                above = self.reach(starts, &self.needed_by);
            }
            set.retain(|ix| above.contains(ix));
        }
        Ok(self.ids(upgrade_order(self, &set)))
    }

    /// Returns whether a revision carries the label that names the branch; of a branch named by a revision, whether
    /// it is in line with that.
    fn belongs_to(&self, ix: Ix, branch: &Branch<'_>) -> bool {
        if self.by_label.contains_key(branch.text) {
            self.labels_of(self.id(ix)).contains(&branch.text)
        } else {
            branch.lineage.contains(ix)
        }
    }

    /// `a:b+N`: what the target means, or the top where the walk up to it comes there early.
    fn show_up_to(&self, end: &Target, rows: &[Ix]) -> Result<Vec<Ix>, GraphError> {
        match (self.show_target(end, rows), end.offset) {
            (Err(GraphError::WalkedTooFar { available, .. }), Some(Offset::Up(_))) => self
                .show_target(
                    &Target {
                        offset: Some(Offset::Up(available)),
                        ..end.clone()
                    },
                    rows,
                ),
            (shown, _) => shown,
        }
    }

    /// `a:+N`: a walk up that comes to the top early stops there.
    fn ends_above(&self, end: &Target, starts: &[Ix], steps: u64) -> Result<Vec<Ix>, GraphError> {
        let branch = self.target_branch(end)?;
        let walk = |start: Option<Ix>| match self.walk_up(end, start, steps, branch.as_ref()) {
            Err(GraphError::WalkedTooFar { available, .. }) => {
                self.walk_up(end, start, available, branch.as_ref())
            }
            other => other,
        };
        if starts.is_empty() {
            return Ok(walk(None)?.into_iter().collect());
        }
        let ends: Vec<Option<Ix>> = starts
            .iter()
            .map(|&start| walk(Some(start)))
            .collect::<Result<_, _>>()?;
        Ok(ends.into_iter().flatten().collect())
    }

    /// `-N:b`: a walk down from the one end, which stops early where it comes to the bottom.
    fn starts_below(&self, start: &Target, ends: &[Ix], steps: u64) -> Result<Vec<Ix>, GraphError> {
        let end = match ends {
            [] => return Ok(Vec::new()),
            &[one] => one,
            several => {
                return Err(GraphError::MultipleHeads {
                    asked: start.text.clone(),
                    heads: self.ids(several.iter().copied()),
                });
            }
        };
        match self.walk_down(start, Some(end), steps, AtMerge::Undo) {
            Ok(Landing::At(ix)) => Ok(vec![ix]),
            Ok(Landing::BelowMerge(merge)) => Ok(self.parents.of(merge).to_vec()),
            Ok(Landing::Base) | Err(GraphError::WalkedTooFar { .. }) => Ok(Vec::new()),
            Err(other) => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::drawing::{graph, rows};

    fn check(drawing: &str, at: &str, range: &str, expected: &str) {
        let found = match graph(drawing).range_at(range, &rows(at)) {
            Ok(ids) => ids
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => format!("!{}", error.code()),
        };
        assert_eq!(found, expected, "{drawing}: {range}");
    }

    const FORK: &str = "a <- b1 <- b2, a <- c1 <- c2, b1 label left, c1 label right";

    #[test]
    fn both_ends_are_in() {
        check("a <- b <- c <- d", "", "b:c", "b c");
        check("a <- b <- c <- d", "", "b:", "b c d");
        check("a <- b <- c <- d", "", ":b", "a b");
        check("a <- b <- c <- d", "", ":", "a b c d");
        check("a <- b <- c <- d", "", "base:b", "a b");
        check(FORK, "", "left:", "b1 b2");
        check(FORK, "", "b1:c2", "!not_a_line");
        check("a <- b <- c <- d", "", "b", "!invalid_range");
    }

    #[test]
    fn current_and_relative_ends() {
        check("a <- b <- c <- d", "b", "current:", "b c d");
        check("a <- b <- c <- d", "b", ":current", "a b");
        check("a <- b <- c <- d", "b", "-1:current", "a b");
        check("a <- b <- c <- d", "b", "current:+1", "b c");
        check("a <- b <- c <- d", "b", "current:+9", "b c d");
        check("a <- b <- c <- d", "", "a:+1", "a b");
        check("a <- b <- c <- d", "", ":+2", "a b");
        check("a <- b <- c <- d", "b", "-1:", "c d");
        check("a <- b <- c <- d", "a", "-2:", "b c d");
        check("a <- b <- c <- d", "", "-1:c", "b c");
        check("a <- b <- c <- d", "b", "-9:c", "a b c");
        check(FORK, "", "-1:", "!multiple_heads");
        check("a <- b <- c <- d", "", "a:b+9", "a b c d");
        check(FORK, "", "left@base:", "a b1 b2");
        check(FORK, "", "left@base:c2", "");
        check(FORK, "", "b1@base:", "a b1 b2");
    }

    /// D1: a range that only a dependency spans.
    #[test]
    fn dependencies_count_as_the_line() {
        check("a1 <- a2, x1 <- x2 dep a2", "", "a2:x2", "a2 x2");
    }
}
