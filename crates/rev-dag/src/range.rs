//! Ranges for people to look at: `history -r a:b`.

use crate::error::GraphError;
use crate::graph::Ix;
use crate::order::upgrade_order;
use crate::target::parse::{Offset, Symbol, Target, parse, parse_range};
use crate::{RevisionGraph, RevisionId};

impl RevisionGraph {
    /// Returns the revisions from `a` to `b`, both included, in the order of an upgrade.
    ///
    /// No start means the bases, no end means the effective heads. `-N` as a start counts down from the end. The range is what `b` needs and what
    /// stands in line above `a`, dependencies included. `+N` as an end counts from the start, and
    /// stops at the top.
    ///
    /// # Errors
    /// When an end has no plain meaning, or a start is not below the end.
    pub fn range(&self, range: &str) -> Result<Vec<RevisionId>, GraphError> {
        self.range_at(range, &[])
    }

    /// Returns a range where `current` and relative ends may be used: they start from these rows.
    ///
    /// # Errors
    /// As [`RevisionGraph::range`], and when a row is unknown.
    pub fn range_at(&self, text: &str, rows: &[String]) -> Result<Vec<RevisionId>, GraphError> {
        let rows = self.rows(rows)?;
        let range = parse_range(text)?;
        let mut starts: Vec<Ix> = Vec::new();
        for start in &range.starts {
            starts
                .extend(self.show_target(&counted_from_the_end(start, range.end.as_ref()), &rows)?);
        }
        let end = range.end.map_or_else(|| parse("heads"), Ok)?;
        let ends = match (&end.symbol, end.offset) {
            (Symbol::Rows, Some(Offset::Up(steps))) if !range.starts.is_empty() => {
                self.show_range_end(&end, &starts, steps)?
            }
            _ => self.show_target(&end, &rows)?,
        };
        let mut set = self.reach(ends, &self.needs);
        if let Some(&start) = starts.iter().find(|&&start| !set.contains(start)) {
            return Err(GraphError::NotALine {
                range: text.to_owned(),
                start: self.id(start).clone(),
            });
        }
        if !starts.is_empty() {
            let above = self.reach(starts, &self.needed_by);
            set.retain(|ix| above.contains(ix));
        }
        Ok(self.ids(upgrade_order(self, &set)))
    }

    /// `a:+N`: a walk that comes to the top early stops there.
    fn show_range_end(
        &self,
        end: &crate::target::parse::Target,
        starts: &[Ix],
        steps: u64,
    ) -> Result<Vec<Ix>, GraphError> {
        let branch = self.target_branch(end)?;
        let mut ends = Vec::new();
        for &start in starts {
            let reached = match self.walk_up(end, Some(start), steps, branch.as_ref()) {
                Err(GraphError::WalkedTooFar { available, .. }) => {
                    self.walk_up(end, Some(start), available, branch.as_ref())
                }
                other => other,
            };
            ends.extend(reached?);
        }
        Ok(ends)
    }
}

/// Returns a start `-N` as so many below the end of the range; any other start as it is. Below `current` it needs no help:
/// walking from the rows is what it means by itself.
fn counted_from_the_end(start: &Target, end: Option<&Target>) -> Target {
    let down = matches!(
        (&start.symbol, start.offset),
        (Symbol::Rows, Some(Offset::Down(_)))
    );
    let symbol = match end {
        None => Symbol::Heads,
        Some(end) if end.offset.is_none() => end.symbol.clone(),
        Some(_) => Symbol::Rows,
    };
    let branch = start
        .branch
        .clone()
        .or_else(|| end.and_then(|end| end.branch.clone()));
    if down && symbol != Symbol::Current {
        Target {
            symbol,
            branch,
            ..start.clone()
        }
    } else {
        start.clone()
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
        check("a <- b <- c <- d", "", "-1:", "c d");
        check("a <- b <- c <- d", "a", "-2:", "b c d");
        check("a <- b <- c <- d", "", "-1:c", "b c");
        check("a <- b <- c <- d", "b", "current:+1", "b c");
        check("a <- b <- c <- d", "b", "current:+9", "b c d");
        check("a <- b <- c <- d", "", "a:+1", "a b");
    }

    /// D1: a range that only a dependency spans.
    #[test]
    fn dependencies_count_as_the_line() {
        check("a1 <- a2, x1 <- x2 dep a2", "", "a2:x2", "a2 x2");
    }
}
