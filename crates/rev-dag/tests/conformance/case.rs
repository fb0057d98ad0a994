//! Reads the recorded answers.

use std::collections::{BTreeMap, BTreeSet};

use rev_dag::Revision;

pub type Ids = BTreeSet<String>;

/// A graph with all that was asked of it.
pub struct Graph {
    pub text: String,
    pub revisions: Vec<Revision>,
    pub facts: Option<Facts>,
    pub cases: Vec<Case>,
}

/// What Alembic says of a graph's shape.
pub struct Facts {
    pub heads: Ids,
    pub bases: Ids,
    pub effective_heads: Ids,
    pub effective_bases: Ids,
    pub branch_points: Ids,
    pub merge_points: Ids,
    pub labels: BTreeMap<String, Ids>,
}

/// One question, and Alembic's answer.
pub struct Case {
    pub command: String,
    pub rows: Vec<String>,
    pub target: String,
    /// `+id`, `-id`, `s` + id, `u` + id.
    pub steps: Vec<String>,
    pub rows_after: Ids,
    pub error: String,
}

pub fn read(text: &str) -> Vec<Graph> {
    let mut graphs: Vec<Graph> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap();
        match word {
            "graph" => graphs.push(Graph {
                text: rest.to_owned(),
                revisions: rest.split("; ").map(revision).collect(),
                facts: None,
                cases: Vec::new(),
            }),
            "facts" => graphs.last_mut().unwrap().facts = Some(facts(rest)),
            command => graphs.last_mut().unwrap().cases.push(case(command, rest)),
        }
    }
    graphs
}

fn revision(text: &str) -> Revision {
    let mut words = text.split(' ');
    let name = words.next().unwrap();
    let (id, parents) = name.split_once('<').unwrap_or((name, ""));
    let mut revision = Revision::new(id);
    revision.down_revisions = list(parents).map(|id| id.into()).collect();
    while let (Some(key), Some(values)) = (words.next(), words.next()) {
        let values = list(values).map(str::to_owned).collect();
        match key {
            "dep" => revision.depends_on = values,
            "label" => revision.branch_labels = values,
            other => panic!("unknown key {other}"),
        }
    }
    revision
}

fn facts(text: &str) -> Facts {
    let mut fields = text.split('|').map(str::trim);
    let mut next = || {
        list(fields.next().unwrap())
            .map(str::to_owned)
            .collect::<Ids>()
    };
    Facts {
        heads: next(),
        bases: next(),
        effective_heads: next(),
        effective_bases: next(),
        branch_points: next(),
        merge_points: next(),
        labels: fields
            .next()
            .unwrap()
            .split_whitespace()
            .map(|entry| entry.split_once('=').unwrap())
            .map(|(id, labels)| (id.to_owned(), list(labels).map(str::to_owned).collect()))
            .collect(),
    }
}

fn case(command: &str, text: &str) -> Case {
    let fields: Vec<&str> = text.split('|').map(str::trim).collect();
    let [rows, target, steps, rows_after, error] = fields[..] else {
        panic!("five fields: {text}")
    };
    Case {
        command: command.to_owned(),
        rows: list(rows).map(str::to_owned).collect(),
        target: target.to_owned(),
        steps: list(steps).map(str::to_owned).collect(),
        rows_after: list(rows_after).map(str::to_owned).collect(),
        error: error.to_owned(),
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|item| !item.is_empty())
}
