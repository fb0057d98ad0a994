//! Places for the revisions in a picture: lanes from left to right, ranks from bottom to top.
//!
//! # What a good picture needs
//!
//! A history is mostly lines. A line should look like one, standing upright in a lane of its own; the oldest
//! and longest should be leftmost; a branch should leave its branch point at once and come back just
//! below its merge; and a picture of 2,000 revisions should be no wider than its branches at one time.
//!
//! # How
//!
//! 1. The *rank* of a revision is the length of the longest way down from it, dependencies included. What is
//!    independent stands side by side, so pictures of short histories stay small.
//! 2. The revisions are strung into *lines*: at a branch point the child with the longest way up carries the line
//!    on, at a merge point the first parent that wants to. Every other child begins a line.
//! 3. A line holds its lane from just above its branch point to just below the merge it ends in. Lines are given
//!    lanes in the order of their first ranks (among equals the longest first): the leftmost that is free.
//!
//! A link to a parent runs upright in the lane of the line that begins or ends with it and changes lanes at its other
//! end, so the upright part meets no other revision. The few links that neither begin nor end a line, and those
//! to dependencies, go straight from one to the other.
//!
//! # Cost
//!
//! Near-linear: every edge is looked at a few times, and lanes are kept in heaps. Methods that minimise crossings
//! exactly are hard, and those that do it well by trial move things about when one revision is added; here a
//! new revision leaves the rest of the picture where it was, more often than not.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::graph::Ix;
use crate::marks::Marks;
use crate::order::upgrade_order;
use crate::{RevisionGraph, RevisionId};

/// A picture, in lanes and ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The revisions, in the order of an upgrade.
    pub nodes: Vec<PlacedNode>,
    /// The links between them.
    pub links: Vec<Link>,
    /// How many lanes there are.
    pub lanes: u32,
    /// How many ranks there are.
    pub ranks: u32,
}

/// A point of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// From left to right, from 0.
    pub lane: u32,
    /// From bottom to top, from 0.
    pub rank: u32,
}

/// A revision in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedNode {
    /// The revision.
    pub revision: RevisionId,
    /// Where it stands.
    pub place: Place,
}

/// A link from a revision to one that needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The lower end, as an index into the nodes.
    pub from: usize,
    /// The upper end, as an index into the nodes.
    pub to: usize,
    /// Whether the upper end has the lower one as a parent; else it depends on it.
    pub parent: bool,
    /// The way from the lower end to the upper one, both included.
    pub way: Vec<Place>,
}

/// A line of revisions that stand in one lane.
struct Line {
    first: Ix,
    /// The ranks it holds its lane for.
    from_rank: u32,
    to_rank: u32,
    members: u32,
}

impl RevisionGraph {
    /// Lays these revisions out.
    pub fn layout<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Layout {
        let shown = self.shown(ids);
        let order = upgrade_order(self, &shown);
        let rank = self.ranks(&order, &shown);
        let carries_on = self.carriers(&order, &shown);
        let (line_of, lines) = self.lines(&order, &shown, &rank, &carries_on);
        let (lane_of_line, lanes) = lanes(&lines);

        let place = |ix: Ix| Place {
            lane: lane_of_line[line_of[ix as usize]],
            rank: rank[ix as usize],
        };
        let mut position = vec![0; self.len()];
        for (at, &ix) in order.iter().enumerate() {
            position[ix as usize] = at;
        }
        let turn = |below: Ix, above: Ix| {
            let line = &lines[line_of[above as usize]];
            if line.first == above {
                Some(Place {
                    rank: line.from_rank,
                    ..place(above)
                })
            } else if carries_on[below as usize] == Some(above) {
                Some(Place {
                    rank: rank[above as usize] - 1,
                    ..place(below)
                })
            } else {
                None
            }
        };
        let links = self
            .arrows(&order, &shown)
            .map(|(below, above, parent)| Link {
                from: position[below as usize],
                to: position[above as usize],
                parent,
                way: way(
                    place(below),
                    turn(below, above).filter(|_| parent),
                    place(above),
                ),
            })
            .collect();
        Layout {
            nodes: order
                .iter()
                .map(|&ix| PlacedNode {
                    revision: self.id(ix).clone(),
                    place: place(ix),
                })
                .collect(),
            links,
            lanes,
            ranks: order
                .iter()
                .map(|&ix| rank[ix as usize] + 1)
                .max()
                .unwrap_or(0),
        }
    }

    fn ranks(&self, order: &[Ix], shown: &Marks) -> Vec<u32> {
        let mut rank = vec![0; self.len()];
        for &ix in order {
            let below = self
                .needs
                .of(ix)
                .iter()
                .filter(|&&down| shown.contains(down));
            rank[ix as usize] = below
                .map(|&down| rank[down as usize] + 1)
                .max()
                .unwrap_or(0);
        }
        rank
    }

    /// Strings revisions into lines; returns the line of each, and the lines.
    fn lines(
        &self,
        order: &[Ix],
        shown: &Marks,
        rank: &[u32],
        carries_on: &[Option<Ix>],
    ) -> (Vec<usize>, Vec<Line>) {
        let mut line_of = vec![usize::MAX; self.len()];
        let mut lines: Vec<Line> = Vec::new();
        for &ix in order {
            let parents = || {
                self.parents
                    .of(ix)
                    .iter()
                    .filter(|&&down| shown.contains(down))
            };
            let carried = parents().find(|&&down| carries_on[down as usize] == Some(ix));
            line_of[ix as usize] = match carried {
                Some(&down) => line_of[down as usize],
                None => {
                    let from_rank = parents()
                        .map(|&down| rank[down as usize] + 1)
                        .max()
                        .unwrap_or(rank[ix as usize]);
                    lines.push(Line {
                        first: ix,
                        from_rank,
                        to_rank: 0,
                        members: 0,
                    });
                    lines.len() - 1
                }
            };
            let line = &mut lines[line_of[ix as usize]];
            line.members += 1;
            line.to_rank = rank[ix as usize];
            // The lines that end here keep their lanes up to just below.
            for &down in parents() {
                if line_of[down as usize] != line_of[ix as usize]
                    && carries_on[down as usize] == Some(ix)
                {
                    let ending = &mut lines[line_of[down as usize]];
                    ending.to_rank = ending.to_rank.max(rank[ix as usize] - 1);
                }
            }
        }
        (line_of, lines)
    }

    /// Returns for each revision the child that carries its line on: the one with the longest way up.
    fn carriers(&self, order: &[Ix], shown: &Marks) -> Vec<Option<Ix>> {
        let mut height = vec![0u32; self.len()];
        let mut carries_on = vec![None; self.len()];
        for &ix in order.iter().rev() {
            let children = self
                .children
                .of(ix)
                .iter()
                .copied()
                .filter(|&child| shown.contains(child));
            // The first of the highest: `max_by_key` would take the last.
            carries_on[ix as usize] = children.min_by_key(|&child| Reverse(height[child as usize]));
            height[ix as usize] =
                carries_on[ix as usize].map_or(0, |child| height[child as usize] + 1);
        }
        carries_on
    }
}

/// Gives each line the leftmost lane that is free for all its ranks; returns the lanes and how many there are.
fn lanes(lines: &[Line]) -> (Vec<u32>, u32) {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|&line| (lines[line].from_rank, Reverse(lines[line].members), line));
    let mut lane_of = vec![0; lines.len()];
    let mut taken: BinaryHeap<Reverse<(u32, u32)>> = BinaryHeap::new();
    let mut free: BTreeSet<u32> = BTreeSet::new();
    let mut lanes = 0;
    for line in order {
        while let Some(&Reverse((until, lane))) = taken.peek()
            && until < lines[line].from_rank
        {
            taken.pop();
            free.insert(lane);
        }
        let lane = free.pop_first().unwrap_or_else(|| {
            lanes += 1;
            lanes - 1
        });
        lane_of[line] = lane;
        taken.push(Reverse((
            lines[line].to_rank.max(lines[line].from_rank),
            lane,
        )));
    }
    (lane_of, lanes)
}

/// Returns the way of a link, by way of a turn if it makes one.
fn way(from: Place, turn: Option<Place>, to: Place) -> Vec<Place> {
    let turn = turn.filter(|&turn| from.lane != to.lane && turn != from && turn != to);
    std::iter::once(from).chain(turn).chain([to]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::graph;

    fn check(drawing: &str, expected: &str) {
        let graph = graph(drawing);
        let all = graph.in_order();
        let layout = graph.layout(all.iter().map(|id| id.as_str()));
        let mut rows = vec![vec!["."; layout.lanes as usize]; layout.ranks as usize];
        for node in &layout.nodes {
            rows[node.place.rank as usize][node.place.lane as usize] = &node.revision;
        }
        let picture: Vec<String> = rows.iter().rev().map(|row| row.join(" ")).collect();
        assert_eq!(picture.join("\n"), expected.trim(), "{drawing}");
    }

    #[test]
    fn a_line_stands_upright() {
        check("a <- b <- c", "c\nb\na");
    }

    #[test]
    fn the_longer_branch_carries_the_line_on() {
        check("a <- b, a <- c <- d", "d .\nc b\na .");
    }

    #[test]
    fn a_merge_goes_on_in_the_first_parents_lane() {
        check("a <- b <- m <- n, a <- c <- m", "n .\nm .\nb c\na .");
    }

    #[test]
    fn lanes_are_used_again() {
        check(
            "a <- b <- m <- d <- n <- z, a <- c <- m <- e <- n",
            "z .\nn .\nd e\nm .\nb c\na .",
        );
    }

    #[test]
    fn own_roots_stand_side_by_side() {
        check("a <- b, x <- y dep b", ". y\nb .\na x");
    }

    #[test]
    fn no_two_revisions_share_a_place_and_no_link_crosses_one() {
        let graph = graph(
            "a <- b <- c <- m, a <- d <- m, a <- e <- f <- g, d <- h <- i <- n, m <- n, x <- y dep c",
        );
        let all = graph.in_order();
        let layout = graph.layout(all.iter().map(|id| id.as_str()));
        let mut places = std::collections::HashSet::new();
        for node in &layout.nodes {
            assert!(places.insert(node.place), "{node:?}");
        }
        for link in layout.links.iter().filter(|link| link.parent) {
            for pair in link
                .way
                .windows(2)
                .filter(|pair| pair[0].lane == pair[1].lane)
            {
                for rank in pair[0].rank + 1..pair[1].rank {
                    let passed = Place {
                        lane: pair[0].lane,
                        rank,
                    };
                    assert!(!places.contains(&passed), "{link:?} runs over {passed:?}");
                }
            }
        }
    }
}
