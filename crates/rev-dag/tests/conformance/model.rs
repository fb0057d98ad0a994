//! The graph once more, as naive as can be: sets of names, no indices, nothing shared with the crate.

use std::collections::{BTreeMap, BTreeSet};

use rev_dag::Revision;

use crate::case::Ids;

pub struct Model {
    pub parents: BTreeMap<String, Vec<String>>,
    needs: BTreeMap<String, Vec<String>>,
    pub labels: BTreeMap<String, String>,
}

impl Model {
    pub fn new(revisions: &[Revision]) -> Self {
        let labels: BTreeMap<String, String> = revisions
            .iter()
            .flat_map(|revision| {
                revision
                    .branch_labels
                    .iter()
                    .map(|label| (label.clone(), revision.id.to_string()))
            })
            .collect();
        let mut parents = BTreeMap::new();
        let mut needs = BTreeMap::new();
        for revision in revisions {
            let down: Vec<String> = revision
                .down_revisions
                .iter()
                .map(ToString::to_string)
                .collect();
            let dependencies = revision
                .depends_on
                .iter()
                .map(|name| labels.get(name).unwrap_or(name).clone());
            needs.insert(
                revision.id.to_string(),
                down.iter().cloned().chain(dependencies).collect(),
            );
            parents.insert(revision.id.to_string(), down);
        }
        Self {
            parents,
            needs,
            labels,
        }
    }

    /// What must be applied with these, themselves included.
    pub fn needed(&self, ids: &Ids) -> Ids {
        closure(ids, |id| self.needs[id].clone())
    }

    /// What needs these, themselves included.
    pub fn needing(&self, ids: &Ids) -> Ids {
        closure(ids, |id| self.pointing_at(id, &self.needs))
    }

    pub fn children(&self, id: &str) -> Vec<String> {
        self.pointing_at(id, &self.parents)
    }

    /// Descendants by parents, themselves included.
    pub fn line_above(&self, ids: &Ids) -> Ids {
        closure(ids, |id| self.children(id))
    }

    /// Ancestors by parents, themselves included.
    pub fn line_below(&self, ids: &Ids) -> Ids {
        closure(ids, |id| self.parents[id].clone())
    }

    /// Everything in line with a revision by parents.
    pub fn lineage(&self, id: &str) -> Ids {
        let one = Ids::from([id.to_owned()]);
        &self.line_above(&one) | &self.line_below(&one)
    }

    /// The members that no other member needs.
    pub fn tops(&self, ids: &Ids) -> Ids {
        ids.iter()
            .filter(|id| {
                let mut above = self.needing(&Ids::from([(*id).clone()]));
                above.remove(*id);
                above.is_disjoint(ids)
            })
            .cloned()
            .collect()
    }

    pub fn heads(&self) -> Ids {
        self.parents
            .keys()
            .filter(|id| self.children(id).is_empty())
            .cloned()
            .collect()
    }

    /// The revision that a whole name stands for.
    pub fn exact(&self, name: &str) -> Option<String> {
        let id = self.parents.get_key_value(name).map(|(id, _)| id.clone());
        id.or_else(|| self.labels.get(name).cloned())
    }

    /// The ids that start with a text.
    pub fn starting_with(&self, prefix: &str) -> Vec<String> {
        self.parents
            .keys()
            .filter(|id| id.starts_with(prefix))
            .cloned()
            .collect()
    }

    fn pointing_at(&self, id: &str, edges: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        edges
            .iter()
            .filter(|(_, down)| down.iter().any(|other| other == id))
            .map(|(from, _)| from.clone())
            .collect()
    }
}

fn closure(ids: &Ids, next: impl Fn(&str) -> Vec<String>) -> Ids {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut todo: Vec<String> = ids.iter().cloned().collect();
    while let Some(id) = todo.pop() {
        if found.insert(id.clone()) {
            todo.extend(next(&id));
        }
    }
    found
}
