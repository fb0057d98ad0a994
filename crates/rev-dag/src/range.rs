//! Ranges for people to look at: `history -r a:b`.

use crate::error::GraphError;
use crate::graph::Ix;
use crate::order::upgrade_order;
use crate::target::parse::{Offset, Symbol, parse, parse_range};
use crate::{RevisionGraph, RevisionId};

impl RevisionGraph {
    /// Returns the revisions from `a` to `b`, both included, in the order of an upgrade.
    ///
    /// No start means the bases, no end means the effective heads. The range is what `b` needs and what
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
            starts.extend(self.show_target(start, &rows)?);
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
