//! [`RevisionGraph`]: the history as a graph, built once and checked once.
//!
//! Two graphs share the same revisions. The *versioned* edges lead from a revision to its parents; lines,
//! branches, labels and relative targets speak of these. The *full* edges add `depends_on`; what must be
//! applied before what, and which rows the version table needs, follows these.
//!
//! Inside the crate a revision is its index ([`Ix`]) in the canonical order: by `create_date`, then by id.
//! Comparing two indices is therefore the tie-break itself, and every list that leaves the graph comes out
//! the same whatever order the revisions came in.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::OnceLock;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::error::{GraphError, near};
use crate::target::parse::{Symbol, parse};
use crate::{Revision, RevisionId};

/// The index of a revision in the canonical order.
pub(crate) type Ix = u32;

/// Prefixes shorter than this never stand for a revision: they are typing errors more often than names.
pub(crate) const SHORTEST_PREFIX: usize = 4;

/// The revisions of a history and how they hang together.
#[derive(Debug)]
pub struct RevisionGraph {
    pub(crate) revisions: Vec<Revision>,
    pub(crate) by_id: HashMap<RevisionId, Ix>,
    pub(crate) by_label: HashMap<String, Ix>,
    /// Parents as written in the file.
    pub(crate) parents: Adjacency,
    /// Parents, then what `depends_on` adds to them.
    pub(crate) needs: Adjacency,
    /// Versioned children.
    pub(crate) children: Adjacency,
    /// Versioned children and dependents.
    pub(crate) needed_by: Adjacency,
    /// Indices sorted by id, for prefixes. Made on the first prefix: most runs see none.
    pub(crate) sorted_ids: OnceLock<Vec<Ix>>,
    pub(crate) labels: OnceLock<crate::label::LabelCover>,
}

impl RevisionGraph {
    /// Builds the graph and checks that it is sound: unique names, known parents and dependencies, no cycle.
    ///
    /// # Errors
    /// Names the first fault found; the order in which revisions are given makes no difference to which.
    pub fn new(revisions: impl IntoIterator<Item = Revision>) -> Result<Self, GraphError> {
        let mut revisions: Vec<Revision> = revisions.into_iter().collect();
        // The keys are sorted apart: a revision is large to move and far away to look at.
        revisions.sort_by_cached_key(|revision| (revision.create_date, revision.id.clone()));

        let by_id = index_ids(&revisions)?;
        let by_label = index_labels(&revisions, &by_id)?;
        let mut graph = Self {
            revisions,
            by_id,
            by_label,
            parents: Adjacency::default(),
            needs: Adjacency::default(),
            children: Adjacency::default(),
            needed_by: Adjacency::default(),
            sorted_ids: OnceLock::new(),
            labels: OnceLock::new(),
        };
        graph.link()?;
        graph.check_cycles()?;
        Ok(graph)
    }

    /// Returns how many revisions there are.
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Returns whether the history has no revision yet.
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    pub(crate) fn id(&self, ix: Ix) -> &RevisionId {
        &self.revisions[ix as usize].id
    }

    pub(crate) fn ids(&self, indices: impl IntoIterator<Item = Ix>) -> Vec<RevisionId> {
        indices.into_iter().map(|ix| self.id(ix).clone()).collect()
    }

    pub(crate) fn indices(&self) -> std::ops::Range<Ix> {
        0..self.revisions.len() as Ix
    }

    fn link(&mut self) -> Result<(), GraphError> {
        let mut parents = AdjacencyBuilder::default();
        let mut needs = AdjacencyBuilder::default();
        for revision in &self.revisions {
            for parent in &revision.down_revisions {
                let &ix = self
                    .by_id
                    .get(parent)
                    .ok_or_else(|| GraphError::MissingParent {
                        revision: revision.id.clone(),
                        parent: parent.clone(),
                        near: near(parent, self.by_id.keys().map(RevisionId::as_str)),
                    })?;
                parents.add_once(ix);
                needs.add_once(ix);
            }
            for dependency in &revision.depends_on {
                needs.add_once(self.dependency(revision, dependency)?);
            }
            parents.finish_row();
            needs.finish_row();
        }
        self.parents = parents.adjacency;
        self.needs = needs.adjacency;
        self.children = self.parents.reversed();
        self.needed_by = self.needs.reversed();
        Ok(())
    }

    fn dependency(&self, revision: &Revision, asked: &str) -> Result<Ix, GraphError> {
        if let Some(&ix) = self.by_id.get(asked).or_else(|| self.by_label.get(asked)) {
            return Ok(ix);
        }
        match self.ids_starting_with(asked) {
            [ix] if asked.chars().count() >= SHORTEST_PREFIX => Ok(*ix),
            [] | [_] => Err(GraphError::MissingDependency {
                revision: revision.id.clone(),
                dependency: asked.to_owned(),
                near: near(asked, self.names()),
            }),
            several => Err(GraphError::AmbiguousDependency {
                revision: revision.id.clone(),
                dependency: asked.to_owned(),
                matches: self.ids(several.iter().copied()),
            }),
        }
    }

    /// Returns the revisions whose id starts with `prefix`, sorted by id.
    pub(crate) fn ids_starting_with(&self, prefix: &str) -> &[Ix] {
        let sorted = self.sorted_ids.get_or_init(|| {
            let mut all: Vec<Ix> = self.indices().collect();
            all.sort_unstable_by(|&a, &b| self.id(a).cmp(self.id(b)));
            all
        });
        let start = sorted.partition_point(|&ix| self.id(ix).as_str() < prefix);
        let length = sorted[start..].partition_point(|&ix| self.id(ix).starts_with(prefix));
        &sorted[start..start + length]
    }

    /// Returns every name a person may type: ids and labels.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_id
            .keys()
            .map(RevisionId::as_str)
            .chain(self.by_label.keys().map(String::as_str))
    }

    /// Refuses cycles over the full edges; those over parents alone are among them.
    fn check_cycles(&self) -> Result<(), GraphError> {
        let mut waiting_for: Vec<u32> = self
            .indices()
            .map(|ix| self.needs.of(ix).len() as u32)
            .collect();
        let mut ready: Vec<Ix> = self
            .indices()
            .filter(|&ix| waiting_for[ix as usize] == 0)
            .collect();
        let mut placed = 0;
        while let Some(ix) = ready.pop() {
            placed += 1;
            for &up in self.needed_by.of(ix) {
                waiting_for[up as usize] -= 1;
                if waiting_for[up as usize] == 0 {
                    ready.push(up);
                }
            }
        }
        if placed == self.len() {
            return Ok(());
        }
        Err(GraphError::Cycle {
            path: self.one_cycle(),
        })
    }

    /// Returns the shortest way round through the first revision that stands on a cycle, closed at both ends.
    fn one_cycle(&self) -> Vec<RevisionId> {
        let edges = self
            .indices()
            .flat_map(|ix| self.needs.of(ix).iter().map(move |&down| (ix, down)));
        let graph: DiGraph<(), (), u32> = DiGraph::from_edges(edges);
        let start = kosaraju_scc(&graph)
            .into_iter()
            .filter(|component| {
                component.len() > 1 || graph.contains_edge(component[0], component[0])
            })
            .filter_map(|component| component.into_iter().map(|node| node.index() as Ix).min())
            .min();
        let Some(start) = start else {
            return Vec::new();
        };

        let mut came_from: HashMap<Ix, Ix> = HashMap::new();
        let mut frontier = VecDeque::from([start]);
        while let Some(ix) = frontier.pop_front() {
            for &down in self.needs.of(ix) {
                if down == start {
                    let back = std::iter::successors(Some(ix), |at| came_from.get(at).copied());
                    let mut path: Vec<Ix> = std::iter::once(start).chain(back).collect();
                    path.reverse();
                    if path[0] != start {
                        path.insert(0, start);
                    }
                    return self.ids(path);
                }
                if let Entry::Vacant(entry) = came_from.entry(down) {
                    entry.insert(ix);
                    frontier.push_back(down);
                }
            }
        }
        self.ids([start])
    }
}

fn index_ids(revisions: &[Revision]) -> Result<HashMap<RevisionId, Ix>, GraphError> {
    let mut by_id = HashMap::with_capacity(revisions.len());
    for (ix, revision) in revisions.iter().enumerate() {
        check_id(&revision.id)?;
        if by_id.insert(revision.id.clone(), ix as Ix).is_some() {
            return Err(GraphError::DuplicateRevision {
                revision: revision.id.clone(),
            });
        }
    }
    Ok(by_id)
}

fn index_labels(
    revisions: &[Revision],
    by_id: &HashMap<RevisionId, Ix>,
) -> Result<HashMap<String, Ix>, GraphError> {
    let mut by_label: HashMap<String, Ix> = HashMap::new();
    for (ix, revision) in revisions.iter().enumerate() {
        for label in &revision.branch_labels {
            check_label(label, &revision.id)?;
            let taken = by_id
                .get(label.as_str())
                .copied()
                .or_else(|| by_label.insert(label.clone(), ix as Ix));
            if let Some(other) = taken {
                return Err(GraphError::DuplicateLabel {
                    label: label.clone(),
                    revision: revision.id.clone(),
                    used_by: revisions[other as usize].id.clone(),
                });
            }
        }
    }
    Ok(by_label)
}

/// Words that mean something as a target.
const RESERVED: [&str; 4] = ["head", "heads", "base", "current"];

/// Refuses ids that could never be typed as a target, or would be read as something else there.
fn check_id(id: &RevisionId) -> Result<(), GraphError> {
    let illegal =
        |c: char| matches!(c, '@' | '-' | '+' | ':' | ',') || c.is_whitespace() || c.is_control();
    if id.is_empty() || id.contains(illegal) || RESERVED.contains(&id.as_str()) {
        return Err(GraphError::IllegalId {
            revision: id.clone(),
        });
    }
    Ok(())
}

/// Refuses labels that would be read as something else. A `-` is fine (`billing-v2`) unless a number
/// follows it to the end: `billing-2` is "two below `billing`".
fn check_label(label: &str, revision: &RevisionId) -> Result<(), GraphError> {
    let illegal =
        |c: char| matches!(c, '@' | '+' | ':' | ',') || c.is_whitespace() || c.is_control();
    if label.is_empty() || label.contains(illegal) || !reads_as_a_name(label) {
        return Err(GraphError::IllegalLabel {
            label: label.to_owned(),
            revision: revision.clone(),
        });
    }
    Ok(())
}

fn reads_as_a_name(text: &str) -> bool {
    parse(text).is_ok_and(|target| target.symbol == Symbol::Name(text.to_owned()))
}

/// For each revision a list of others, in one block of memory.
#[derive(Debug, Default)]
pub(crate) struct Adjacency {
    /// Where each revision's list ends; it starts where the one before it ends.
    ends: Vec<u32>,
    others: Vec<Ix>,
}

impl Adjacency {
    pub(crate) fn of(&self, ix: Ix) -> &[Ix] {
        let ix = ix as usize;
        let start = if ix == 0 {
            0
        } else {
            self.ends[ix - 1] as usize
        };
        &self.others[start..self.ends[ix] as usize]
    }

    /// Returns the same edges from the other side; each list is in canonical order.
    fn reversed(&self) -> Self {
        let revisions = self.ends.len();
        let mut ends = vec![0u32; revisions];
        for &other in &self.others {
            ends[other as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += *end;
            *end = total;
        }
        // Filled back to front, so that each end moves down to its start and each list comes out ascending.
        let mut starts = ends.clone();
        let mut others = vec![0; self.others.len()];
        for ix in (0..revisions as Ix).rev() {
            for &other in self.of(ix) {
                let slot = &mut starts[other as usize];
                *slot -= 1;
                others[*slot as usize] = ix;
            }
        }
        Self { ends, others }
    }
}

/// Writes an [`Adjacency`] row by row.
#[derive(Default)]
struct AdjacencyBuilder {
    adjacency: Adjacency,
    row_start: usize,
}

impl AdjacencyBuilder {
    /// Adds an edge to the current row unless it is there already: a parent listed twice is one parent.
    fn add_once(&mut self, other: Ix) {
        if !self.adjacency.others[self.row_start..].contains(&other) {
            self.adjacency.others.push(other);
        }
    }

    fn finish_row(&mut self) {
        self.row_start = self.adjacency.others.len();
        self.adjacency.ends.push(self.row_start as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::revisions;

    fn check(drawing: &str, expected: &str) {
        let error = RevisionGraph::new(revisions(drawing)).expect_err(drawing);
        assert_eq!(error.to_string(), expected, "{drawing}");
        assert!(error.hint().is_some());
    }

    fn check_ids(ids: &[&str], expected: &str) {
        let error = RevisionGraph::new(ids.iter().map(|&id| Revision::new(id))).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn cycles_are_walked_once_round() {
        check(
            "a <- b <- c <- a",
            "the history has a cycle: `a` needs `c` needs `b` needs `a`",
        );
        check(
            "a <- b <- c, b dep c",
            "the history has a cycle: `b` needs `c` needs `b`",
        );
        check("a dep a", "the history has a cycle: `a` needs `a`");
        check(
            "r <- a label me, a dep me",
            "the history has a cycle: `a` needs `a`",
        );
    }

    /// D13
    #[test]
    fn ids_are_unique() {
        check_ids(&["a", "b", "a"], "revision `a` is present more than once");
    }

    #[test]
    fn names_can_be_typed() {
        for id in [
            "a-b", "a+b", "a@b", "a:b", "a,b", "a b", "", "head", "heads", "base", "current",
        ] {
            check_ids(&[id], &format!("`{id}` cannot be a revision id"));
        }
        for label in ["x@y", "x:y", "x+y", "x-1", "head"] {
            let mut revision = Revision::new("a");
            revision.branch_labels = vec![label.to_owned()];
            let error = RevisionGraph::new([revision]).unwrap_err();
            assert_eq!(error.code(), "illegal_label", "{label}");
        }
    }

    #[test]
    fn labels_and_ids_share_their_names() {
        check(
            "a <- b, b label a",
            "the branch label `a` of revision `b` is already used by revision `a`",
        );
        check(
            "a label x, b label x",
            "the branch label `x` of revision `b` is already used by revision `a`",
        );
    }

    #[test]
    fn what_is_named_must_exist() {
        check(
            "a dep nosuch",
            "revision `a` depends on `nosuch`, which does not exist",
        );
        let mut revision = Revision::new("a");
        revision.down_revisions = vec!["nosuch".into()];
        let error = RevisionGraph::new([revision]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "revision `a` has the parent `nosuch`, which does not exist"
        );
    }

    #[test]
    fn dependencies_may_be_labels_or_prefixes() {
        let graph = crate::drawing::graph("abcd1 label core, x dep core, y dep abcd");
        assert_eq!(graph.dependencies("x"), ["abcd1"]);
        assert_eq!(graph.dependencies("y"), ["abcd1"]);
        assert_eq!(graph.dependents("abcd1"), ["x", "y"]);
        check(
            "abcd1, abcd2, y dep abcd",
            "revision `y` depends on `abcd`, which fits several revisions: `abcd1`, `abcd2`",
        );
        check(
            "abcd1, y dep abc",
            "revision `y` depends on `abc`, which does not exist",
        );
    }

    #[test]
    fn a_parent_listed_twice_is_one_parent() {
        let mut b = Revision::new("b");
        b.down_revisions = vec!["a".into(), "a".into()];
        let graph = RevisionGraph::new([Revision::new("a"), b]).unwrap();
        assert_eq!(graph.parents("b"), ["a"]);
        assert!(graph.merge_points().is_empty());
    }
}
