//! One graph of drops, changes and creations, and one sort.
//!
//! Edges: a drop comes before the drop of what it depended on, and before the change of it; a creation comes after
//! the creation or change of what it depends on; a change lets go before the drop of what it no longer needs, and
//! waits for what it newly needs; a name is free before it is taken again.
//!
//! What a larger statement carries along (a column in CREATE TABLE, an index that goes with its table) is *folded*
//! into its node. Where folding closes a circle (two tables that refer to each other), the circle's members are
//! unfolded, smallest loss of beauty first, until none is left; a view in a circle stands in for itself first.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use petgraph::graph::{DiGraph, NodeIndex};

use crate::context::Context;
use crate::diff::DiffError;
use crate::kinds::{Kind, constraint, index_attachment, names, not_null};
use crate::object::{Identity, Object};
use crate::rebuild::{Fate, Plan};

/// What a node does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verb {
    /// Drops the old one.
    Drop,
    /// Moves the old one out of the way.
    Aside,
    /// Changes it in place.
    Alter,
    /// Creates a view that reads nothing.
    StandIn,
    /// Creates the new one.
    Create,
    /// Gives the stand-in its query.
    Fill,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Aside => "rename",
            Self::Alter => "change",
            Self::StandIn | Self::Create => "create",
            Self::Fill => "replace",
        }
    }
}

/// A node in its final place.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub verb: Verb,
    /// The old object for drops and changes, the new one for creations.
    pub object: &'a Object,
    /// For changes: the new object.
    pub other: Option<&'a Object>,
    /// What the statement carries along.
    pub inline: Vec<&'a Object>,
}

impl Step<'_> {
    pub(crate) fn id(&self) -> &Identity {
        &self.object.id
    }
}

struct Node<'a> {
    verb: Verb,
    object: &'a Object,
    other: Option<&'a Object>,
    /// The node whose statement says this one's too.
    fold: Option<usize>,
}

struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// `(before, after)`.
    edges: Vec<(usize, usize)>,
    /// Edges that a circle may break: they make for a better order, not for a right one.
    soft: Vec<(usize, usize)>,
}

impl<'a> Graph<'a> {
    fn add(&mut self, verb: Verb, object: &'a Object, other: Option<&'a Object>) -> usize {
        self.nodes.push(Node {
            verb,
            object,
            other,
            fold: None,
        });
        self.nodes.len() - 1
    }

    fn edge(&mut self, before: usize, after: usize) {
        if before != after {
            self.edges.push((before, after));
        }
    }

    fn representative(&self, mut node: usize) -> usize {
        while let Some(into) = self.nodes[node].fold {
            node = into;
        }
        node
    }
}

/// Returns the steps in an order that satisfies both states.
///
/// The second answer is whether functions mention each other in a circle, so that their bodies cannot all be checked
/// when they are created.
pub(crate) fn sort<'a>(
    plan: &Plan,
    context: &Context<'a>,
) -> Result<(Vec<Step<'a>>, bool), DiffError> {
    let (mut graph, places) = build(plan, context);
    fold(&mut graph, &places, context);
    let wishes = graph.soft.len();
    loop {
        match walk(&graph, context) {
            Ok(order) => return Ok((steps(&graph, &order), graph.soft.len() < wishes)),
            Err(circles) => break_circles(&mut graph, &circles, &places)?,
        }
    }
}

/// Where the nodes of each object are.
#[derive(Default)]
struct Places {
    drop: HashMap<usize, usize>,
    aside: HashMap<usize, usize>,
    alter_from: HashMap<usize, usize>,
    alter_to: HashMap<usize, usize>,
    create: HashMap<usize, usize>,
}

fn build<'a>(plan: &Plan, context: &Context<'a>) -> (Graph<'a>, Places) {
    let (from, to) = (context.from, context.to);
    let mut graph = Graph {
        nodes: Vec::new(),
        edges: Vec::new(),
        soft: Vec::new(),
    };
    let mut places = Places::default();
    for (at, fate) in plan.fates.iter().enumerate() {
        let old = from.at(at);
        if fate.drops() {
            places.drop.insert(at, graph.add(Verb::Drop, old, None));
        }
        if plan.aside[at] {
            places.aside.insert(at, graph.add(Verb::Aside, old, None));
        }
        match *fate {
            Fate::Change(new) => {
                let node = graph.add(Verb::Alter, old, Some(to.at(new)));
                places.alter_from.insert(at, node);
                places.alter_to.insert(new, node);
            }
            Fate::Rebuild(new) => {
                places
                    .create
                    .insert(new, graph.add(Verb::Create, to.at(new), None));
            }
            _ => {}
        }
    }
    for &at in &plan.added {
        places
            .create
            .insert(at, graph.add(Verb::Create, to.at(at), None));
    }
    old_edges(&mut graph, &places, context);
    new_edges(&mut graph, &places, context);
    name_edges(&mut graph, &places, context);
    detach_edges(&mut graph, &places, context);
    incomplete_index_edges(&mut graph, &places, context);
    handed_down_edges(&mut graph, &places, context);
    soft_edges(&mut graph, &places, context);
    (graph, places)
}

fn old_edges(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let mut edges = Vec::new();
    for (&at, &node) in places.drop.iter().chain(&places.alter_from) {
        let drops = graph.nodes[node].verb == Verb::Drop;
        for (on, _) in context.from.depends(at) {
            if let Some(&other) = places.drop.get(&on) {
                edges.push((node, other));
            }
            if drops {
                edges.extend(places.alter_from.get(&on).map(|&other| (node, other)));
                // What makes room itself outlives the other's making room.
                let object = context.from.at(at);
                let mut wholes = object.id.kind.get().part_of(object).into_iter();
                let stays = places.aside.contains_key(&at)
                    || wholes.any(|whole| {
                        context
                            .from
                            .position(&whole)
                            .is_some_and(|at| places.aside.contains_key(&at))
                    });
                edges.extend(
                    places
                        .aside
                        .get(&on)
                        .filter(|_| !stays)
                        .map(|&other| (node, other)),
                );
            }
        }
    }
    for (before, after) in edges {
        graph.edge(before, after);
    }
}

fn new_edges(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let mut edges = Vec::new();
    for (&at, &node) in places.create.iter().chain(&places.alter_to) {
        for (on, _) in context.to.depends(at) {
            edges.extend(places.create.get(&on).map(|&other| (other, node)));
            edges.extend(places.alter_to.get(&on).map(|&other| (other, node)));
        }
    }
    for (before, after) in edges {
        graph.edge(before, after);
    }
    // What comes back waits until its old self is out of the way.
    let mut edges = Vec::new();
    for (&at, &node) in &places.create {
        if let Some(old) = context.from.position(&context.to.at(at).id) {
            match places.aside.get(&old) {
                Some(&aside) => edges.push((aside, node)),
                None => edges.extend(places.drop.get(&old).map(|&drop| (drop, node))),
            }
        }
    }
    edges.extend(
        places
            .aside
            .iter()
            .filter_map(|(at, &aside)| Some((aside, *places.drop.get(at)?))),
    );
    for (before, after) in edges {
        graph.edge(before, after);
    }
}

/// A name that one object gives up and another takes, though they are of different kinds.
fn name_edges(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let mut leaving: HashMap<(&'static str, String, String), Vec<usize>> = HashMap::new();
    for (&at, &node) in places.drop.iter().chain(&places.alter_from) {
        let object = context.from.at(at);
        for name in names(object) {
            let node = places.aside.get(&at).copied().unwrap_or(node);
            leaving.entry(name).or_default().push(node);
        }
    }
    if leaving.is_empty() {
        return;
    }
    let mut edges = Vec::new();
    for (&at, &node) in places.create.iter().chain(&places.alter_to) {
        let object = context.to.at(at);
        for name in names(object) {
            for &before in leaving.get(&name).into_iter().flatten() {
                let keeps = graph.nodes[before]
                    .other
                    .is_some_and(|new| names(new).contains(&name));
                if before != node && !keeps {
                    edges.push((before, node));
                }
            }
        }
    }
    for (before, after) in edges {
        graph.edge(before, after);
    }
}

/// What is done to a parent reaches its children; a child that is let go is let go before.
fn detach_edges(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let mut leaves: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (&at, &node) in &places.drop {
        let object = context.from.at(at);
        if object.id.kind == Kind::Inheritance && object.get("bound").is_some() {
            leaves
                .entry((object.text("parent_schema"), object.text("parent")))
                .or_default()
                .push(node);
            leaves
                .entry((&object.id.schema, &object.id.name))
                .or_default()
                .push(node);
        }
    }
    if leaves.is_empty() {
        return;
    }
    let mut edges = Vec::new();
    for (&at, &node) in places.create.iter().chain(&places.alter_to) {
        let id = &context.to.at(at).id;
        if matches!(
            id.kind,
            Kind::Column | Kind::Constraint | Kind::DefaultValue | Kind::IdentityColumn
        ) {
            let before = leaves.get(&(id.schema.as_str(), id.name.as_str()));
            edges.extend(before.into_iter().flatten().map(|&before| (before, node)));
        }
    }
    for (before, after) in edges {
        graph.edge(before, after);
    }
}

/// A statement on a parent's column reaches the children: whatever makes way for the child's column makes way for it,
/// and comes back after it.
fn handed_down_edges<'a>(graph: &mut Graph<'a>, places: &Places, context: &Context<'a>) {
    let mut edges = Vec::new();
    let pairs = |places: &HashMap<usize, usize>, catalog: &crate::catalog::Catalog| {
        let mut pairs = Vec::new();
        for (&at, &node) in places {
            let id = &catalog.at(at).id;
            if id.kind == Kind::Column {
                let above = ancestors(id, context).into_iter();
                let above = above.filter_map(|parent| places.get(&catalog.position(&parent)?));
                pairs.extend(above.map(|&above| (node, above)));
            }
        }
        pairs
    };
    edges.extend(pairs(&places.drop, context.from));
    edges.extend(
        pairs(&places.create, context.to)
            .into_iter()
            .map(|(child, parent)| (parent, child)),
    );
    let altered = pairs(&places.alter_to, context.to);
    let states =
        |graph: &Graph<'a>, node: usize| (graph.nodes[node].object, graph.nodes[node].other);
    for &(child, parent) in &altered {
        if let ((was, Some(is)), (above, Some(now))) = (states(graph, child), states(graph, parent))
        {
            match not_null::before_parent((above, now), (was, is)) {
                Some(true) => edges.push((child, parent)),
                Some(false) => edges.push((parent, child)),
                None => {}
            }
        }
    }
    let mut parents_of: HashMap<usize, Vec<usize>> = HashMap::new();
    for (child, parent) in altered {
        parents_of.entry(child).or_default().push(parent);
    }
    for &(before, after) in &graph.edges {
        if graph.nodes[before].verb == Verb::Drop {
            let parents = parents_of.get(&after).into_iter().flatten();
            edges.extend(parents.map(|&parent| (before, parent)));
        }
        if graph.nodes[after].verb == Verb::Create {
            let parents = parents_of.get(&before).into_iter().flatten();
            edges.extend(parents.map(|&parent| (parent, after)));
        }
    }
    // A check that a child has from its parent goes and comes with that one.
    for (places, catalog) in [(&places.drop, context.from), (&places.create, context.to)] {
        for (&at, &node) in places {
            let object = catalog.at(at);
            if object.id.kind == Kind::Constraint && object.number("inherited") > 0 {
                let above = ancestors(&object.id, context).into_iter();
                let above = above.filter_map(|parent| places.get(&catalog.position(&parent)?));
                edges.extend(above.map(|&above| (above, node)));
            }
        }
    }
    for (before, after) in edges {
        graph.edge(before, after);
    }
}

/// Returns the same part of all tables, near and far, that `id`'s table inherits from all the time.
fn ancestors(id: &Identity, context: &Context<'_>) -> Vec<Identity> {
    let mut found: Vec<Identity> = Vec::new();
    let mut open = vec![id.clone()];
    while let Some(id) = open.pop() {
        for (schema, name) in context.parents_that_stand(&id) {
            let parent = Identity::part(id.kind, &schema, &name, &id.part);
            if !found.contains(&parent) {
                found.push(parent.clone());
                open.push(parent);
            }
        }
    }
    found
}

/// A partition that comes to a parent gets an index for each of the parent's: where it is to have none, it comes first.
fn incomplete_index_edges(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let attached: std::collections::HashSet<(Identity, &str, &str)> = context
        .to
        .objects()
        .iter()
        .filter(|object| object.id.kind == Kind::IndexAttachment)
        .map(|object| {
            let inheritance = index_attachment::inheritance(object);
            (
                inheritance,
                object.text("parent_schema"),
                object.text("parent"),
            )
        })
        .collect();
    let comes = |position: &usize| {
        let object = context.to.at(*position);
        (object.id.kind == Kind::Inheritance && object.get("bound").is_some()).then_some(object)
    };
    let partitions: Vec<_> = places
        .create
        .iter()
        .filter_map(|(at, &node)| Some((comes(at)?, node)))
        .collect();
    let mut edges = Vec::new();
    for (&at, &index) in &places.create {
        let object = context.to.at(at);
        let (table, name) = match object.id.kind {
            Kind::Index if object.is("partitioned") => (object.text("table"), &object.id.name),
            Kind::Constraint if matches!(object.text("type"), "p" | "u") => {
                (object.id.name.as_str(), &object.id.part)
            }
            _ => continue,
        };
        for (partition, node) in &partitions {
            let of_table = partition.text("parent_schema") == object.id.schema
                && partition.text("parent") == table;
            let key = (
                partition.id.clone(),
                object.id.schema.as_str(),
                name.as_str(),
            );
            if of_table && !attached.contains(&key) {
                edges.push((*node, index));
            }
        }
    }
    for (before, after) in edges {
        graph.edge(before, after);
    }
}

/// Bodies of functions are text to the server, but it reads them when they are created: what they mention goes first.
fn soft_edges(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let mut made: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut bodies = Vec::new();
    for (&at, &node) in places.create.iter().chain(&places.alter_to) {
        let object = context.to.at(at);
        if object.id.kind.has_body() {
            bodies.push((object, node));
        }
        if object.id.part.is_empty()
            || object.id.kind.has_signature()
            || object.id.kind == Kind::Operator
        {
            if object.id.on.is_none() {
                made.entry(&object.id.name).or_default().push(node);
            }
        } else if matches!(object.id.kind, Kind::Column) {
            made.entry(&object.id.name).or_default().push(node);
        }
    }
    let odd: Vec<_> = made
        .iter()
        .filter(|(name, _)| {
            !name
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '$')
        })
        .map(|(name, nodes)| (*name, nodes.clone()))
        .collect();
    let mut soft = Vec::new();
    for (object, node) in bodies {
        for (_, nodes) in odd
            .iter()
            .filter(|(name, _)| object.text("body").contains(name))
        {
            soft.extend(
                nodes
                    .iter()
                    .filter(|before| **before != node)
                    .map(|before| (*before, node)),
            );
        }
        for word in crate::kinds::body_words(object.text("body")) {
            for &before in made.get(word.as_str()).into_iter().flatten() {
                if before != node {
                    soft.push((before, node));
                }
            }
        }
    }
    // A child that changes parents takes the new one first: with none, even for a moment, what it inherits would
    // become its own, and nothing can give that back.
    let mut leaves: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (&at, &node) in &places.drop {
        let object = context.from.at(at);
        if object.id.kind == Kind::Inheritance && object.get("bound").is_none() {
            leaves
                .entry((&object.id.schema, &object.id.name))
                .or_default()
                .push(node);
        }
    }
    for (&at, &node) in &places.create {
        let object = context.to.at(at);
        if object.id.kind == Kind::Inheritance && object.get("bound").is_none() {
            let old = leaves.get(&(object.id.schema.as_str(), object.id.name.as_str()));
            soft.extend(old.into_iter().flatten().map(|&old| (node, old)));
        }
    }
    soft.sort_unstable();
    soft.dedup();
    graph.soft = soft;
}

fn fold(graph: &mut Graph<'_>, places: &Places, context: &Context<'_>) {
    let mut folds = Vec::new();
    for (&at, &node) in &places.drop {
        let object = context.from.at(at);
        let into = object
            .id
            .kind
            .get()
            .part_of(object)
            .iter()
            .filter(|whole| context.takes_along(whole, object))
            .find_map(|whole| places.drop.get(&context.from.position(whole)?));
        folds.extend(into.map(|&into| (node, into)));
    }
    for (&at, &node) in &places.create {
        let object = context.to.at(at);
        if object.id.kind == Kind::Constraint && constraint::repeats(object, context) {
            continue;
        }
        let into = object
            .id
            .kind
            .get()
            .inline_in(object)
            .and_then(|whole| places.create.get(&context.to.position(&whole)?));
        folds.extend(into.map(|&into| (node, into)));
    }
    for (node, into) in folds {
        if node != into && graph.representative(into) != node {
            graph.nodes[node].fold = Some(into);
        }
    }
}

/// What a node's place among equals is: by the thing it is about, then by what is done to it.
type Key = (u8, String, String, Verb, Kind, String);

fn key(node: &Node<'_>, context: &Context<'_>) -> Key {
    let object = node.other.unwrap_or(node.object);
    let id = object.id.target().unwrap_or_else(|| object.id.clone());
    let (kind, name) = match object.id.kind {
        Kind::Index => (Kind::Table, object.text("table").to_owned()),
        Kind::IndexAttachment => (Kind::Table, object.text("table").to_owned()),
        _ => (id.kind, id.name.clone()),
    };
    let kind = match (kind, id.kind) {
        (_, Kind::Index) => Kind::Table,
        (kind, _) => kind,
    };
    let name = match context.find(&id) {
        Some(index) if id.kind == Kind::Index => index.text("table").to_owned(),
        _ => name,
    };
    let part = match object.id.kind {
        Kind::Column => format!("{:05}", object.number("position")),
        _ => format!("{} {}", object.id.name, object.id.part),
    };
    (
        kind.group(),
        id.schema,
        name,
        node.verb,
        object.id.kind,
        part,
    )
}

fn walk(graph: &Graph<'_>, context: &Context<'_>) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let count = graph.nodes.len();
    let representative: Vec<_> = (0..count).map(|node| graph.representative(node)).collect();
    let mut after: Vec<Vec<u32>> = vec![Vec::new(); count];
    let mut waits = vec![0u32; count];
    let mut all: Vec<(usize, usize)> = graph
        .edges
        .iter()
        .chain(&graph.soft)
        .map(|&(a, b)| (representative[a], representative[b]))
        .filter(|(a, b)| a != b)
        .collect();
    all.sort_unstable();
    all.dedup();
    for &(a, b) in &all {
        after[a].push(b as u32);
        waits[b] += 1;
    }
    let mut ready: BinaryHeap<Reverse<(Key, usize)>> = BinaryHeap::new();
    let mut total = 0;
    for (node, entry) in graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.fold.is_none())
    {
        total += 1;
        if waits[node] == 0 {
            ready.push(Reverse((key(entry, context), node)));
        }
    }
    let mut order = Vec::with_capacity(total);
    while let Some(Reverse((_, node))) = ready.pop() {
        order.push(node);
        for &next in &after[node] {
            waits[next as usize] -= 1;
            if waits[next as usize] == 0 {
                ready.push(Reverse((
                    key(&graph.nodes[next as usize], context),
                    next as usize,
                )));
            }
        }
    }
    if order.len() == total {
        return Ok(order);
    }
    let mut stuck: DiGraph<usize, ()> = DiGraph::new();
    let mut index: HashMap<usize, NodeIndex> = HashMap::new();
    for &(a, b) in &all {
        if waits[a] > 0 && waits[b] > 0 {
            let a = *index.entry(a).or_insert_with(|| stuck.add_node(a));
            let b = *index.entry(b).or_insert_with(|| stuck.add_node(b));
            stuck.add_edge(a, b, ());
        }
    }
    let circles = petgraph::algo::tarjan_scc(&stuck)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| circle.into_iter().map(|node| stuck[node]).collect())
        .collect();
    Err(circles)
}

/// How willingly a folded node stands alone; `None`: it cannot.
fn reluctance(node: &Node<'_>) -> Option<u8> {
    match node.object.id.kind {
        Kind::Constraint if node.object.text("type") == "f" => Some(0),
        Kind::SequenceOwner => Some(1),
        Kind::DefaultValue => Some(2),
        Kind::Constraint => Some(3),
        Kind::Sequence => Some(4),
        Kind::Trigger | Kind::Index => Some(4),
        Kind::Column if node.object.get("generated").is_some() => Some(5),
        Kind::Column => Some(7),
        Kind::Comment | Kind::Inheritance => None,
        _ => Some(6),
    }
}

fn break_circles(
    graph: &mut Graph<'_>,
    circles: &[Vec<usize>],
    places: &Places,
) -> Result<(), DiffError> {
    let mut circle_of = HashMap::new();
    for (number, circle) in circles.iter().enumerate() {
        circle_of.extend(circle.iter().map(|&node| (node, number)));
    }
    let number_of =
        |graph: &Graph<'_>, node: usize| circle_of.get(&graph.representative(node)).copied();
    let mut broken = vec![false; circles.len()];

    // The wish for a better order goes first.
    let soft = std::mem::take(&mut graph.soft);
    let (within, outside): (Vec<_>, Vec<_>) = soft.into_iter().partition(|&(a, b)| {
        let (a, b) = (number_of(graph, a), number_of(graph, b));
        a.is_some() && a == b
    });
    for &(a, _) in &within {
        if let Some(number) = number_of(graph, a) {
            broken[number] = true;
        }
    }
    graph.soft = outside;

    let mut candidates: Vec<Vec<(u8, usize)>> = vec![Vec::new(); circles.len()];
    for node in 0..graph.nodes.len() {
        if graph.nodes[node].fold.is_some()
            && let Some(number) = number_of(graph, node)
            && let Some(rank) = reluctance(&graph.nodes[node])
            && !broken[number]
        {
            candidates[number].push((rank, node));
        }
    }
    for (number, list) in candidates.into_iter().enumerate() {
        if let Some(&(least, _)) = list.iter().min() {
            broken[number] = true;
            for (rank, node) in list {
                if rank == least {
                    graph.nodes[node].fold = None;
                }
            }
        }
    }
    for (number, circle) in circles.iter().enumerate() {
        if !broken[number] && !stand_in(graph, circle, places) {
            let mut names: Vec<_> = circle
                .iter()
                .map(|&node| {
                    format!(
                        "{} {}",
                        graph.nodes[node].verb.word(),
                        graph.nodes[node].object.id
                    )
                })
                .collect();
            names.sort();
            return Err(DiffError::Cycle { names });
        }
    }
    Ok(())
}

/// Lets the views of a circle be created empty, and filled when the rest is there.
fn stand_in(graph: &mut Graph<'_>, circle: &[usize], _places: &Places) -> bool {
    let views: Vec<_> = circle
        .iter()
        .copied()
        .filter(|&node| {
            graph.nodes[node].object.id.kind == Kind::View && graph.nodes[node].verb == Verb::Create
        })
        .collect();
    for &view in &views {
        let object = graph.nodes[view].object;
        graph.nodes[view].verb = Verb::StandIn;
        let fill = graph.add(Verb::Fill, object, None);
        for at in 0..graph.edges.len() {
            let (before, after) = graph.edges[at];
            if after == view && circle.contains(&graph.representative(before)) {
                graph.edges[at] = (before, fill);
            }
        }
        graph.edges.push((view, fill));
    }
    !views.is_empty()
}

fn steps<'a>(graph: &Graph<'a>, order: &[usize]) -> Vec<Step<'a>> {
    let mut inline: HashMap<usize, Vec<&'a Object>> = HashMap::new();
    for (node, entry) in graph.nodes.iter().enumerate() {
        if entry.fold.is_some() && entry.verb == Verb::Create {
            inline
                .entry(graph.representative(node))
                .or_default()
                .push(entry.object);
        }
    }
    order
        .iter()
        .map(|&node| {
            let entry = &graph.nodes[node];
            let mut inline = inline.remove(&node).unwrap_or_default();
            inline.sort_by(|a, b| a.id.cmp(&b.id));
            Step {
                verb: entry.verb,
                object: entry.object,
                other: entry.other,
                inline,
            }
        })
        .collect()
}
