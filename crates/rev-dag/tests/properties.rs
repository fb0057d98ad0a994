//! What holds for every history, tried on random ones.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proptest::prelude::*;
use proptest::sample::Index;
use rev_dag::{
    Action, GraphError, Layout, Node, Pen, Place, Plan, Revision, RevisionGraph, RevisionId,
    Standing,
};

/// How one revision hangs on those before it.
#[derive(Clone, Debug)]
struct Seed {
    parents: Vec<Index>,
    depends_on: Vec<Index>,
    labelled: bool,
    create_date: i64,
}

fn seed() -> impl Strategy<Value = Seed> {
    let few = |most| prop::collection::vec(any::<Index>(), 0..=most);
    let parents =
        prop_oneof![1 => few(0), 6 => prop::collection::vec(any::<Index>(), 1), 2 => few(3)];
    let depends_on = prop_oneof![4 => few(0), 1 => few(3)];
    (parents, depends_on, prop::bool::weighted(0.2), 0i64..4).prop_map(
        |(parents, depends_on, labelled, create_date)| Seed {
            parents,
            depends_on,
            labelled,
            create_date,
        },
    )
}

/// Histories of up to 14 revisions, each hanging on earlier ones: lines, branches, merges, several bases,
/// dependencies by id and by label, and create dates that clash and run backwards.
fn history() -> impl Strategy<Value = Vec<Revision>> {
    prop::collection::vec(seed(), 1..14).prop_map(|seeds| {
        let mut revisions: Vec<Revision> = Vec::new();
        for (number, seed) in seeds.into_iter().enumerate() {
            let mut revision = Revision::new(format!("{:04}{number}", (number * 7919) % 10_007));
            revision.create_date = seed.create_date;
            if number > 0 {
                revision.down_revisions = seed
                    .parents
                    .iter()
                    .map(|index| index.get(&revisions).id.clone())
                    .collect();
                let name = |other: &Revision| {
                    other
                        .branch_labels
                        .first()
                        .cloned()
                        .unwrap_or(other.id.to_string())
                };
                revision.depends_on = seed
                    .depends_on
                    .iter()
                    .map(|index| name(index.get(&revisions)))
                    .collect();
            }
            if seed.labelled {
                revision.branch_labels.push(format!("label{number}"));
            }
            revisions.push(revision);
        }
        revisions
    })
}

/// A history and the rows of a database that someone has come to by upgrades.
fn history_with_rows() -> impl Strategy<Value = (RevisionGraph, Vec<String>)> {
    (history(), prop::collection::vec(any::<Index>(), 0..4)).prop_map(|(revisions, picks)| {
        let graph = RevisionGraph::new(revisions.clone()).unwrap();
        let mut rows = Vec::new();
        for pick in picks {
            rows = rows_after(&graph.plan_upgrade(&rows, &pick.get(&revisions).id).unwrap());
        }
        (graph, rows)
    })
}

/// Everything that looks a little like a target of this history, and much that does not.
fn target() -> impl Strategy<Value = (Option<Index>, Index, u8, String)> {
    (
        prop::option::of(any::<Index>()),
        any::<Index>(),
        any::<u8>(),
        "[a-z0-9@+:,. -]{0,6}|\\PC{0,6}",
    )
}

fn write_target(
    graph: &RevisionGraph,
    (branch, name, shape, noise): &(Option<Index>, Index, u8, String),
) -> String {
    let ids: Vec<String> = graph
        .revisions()
        .map(|revision| revision.id.to_string())
        .collect();
    let labels = graph.branch_labels();
    let branch = branch.map_or(String::new(), |index| match labels.is_empty() {
        false if shape & 1 == 0 => format!("{}@", index.get(&labels).0),
        _ => format!("{}@", index.get(&ids)),
    });
    let name = name.get(&ids);
    let count = shape >> 5;
    match shape % 13 {
        0 => format!("{branch}head"),
        1 => format!("{branch}heads"),
        2 => format!("{branch}base"),
        3 => format!("{branch}+{count}"),
        4 => format!("{branch}-{count}"),
        5 => format!("{branch}{name}"),
        6 => format!("{branch}{}", &name[..4]),
        7 => format!("{branch}{name}-{count}"),
        8 => format!("{branch}{name}+{count}"),
        9 => format!("{branch}head-{count}"),
        10 => format!("{branch}base+{count}"),
        11 => format!("{branch}{noise}"),
        _ => noise.clone(),
    }
}

fn rows_after(plan: &Plan) -> Vec<String> {
    plan.heads_after().iter().map(ToString::to_string).collect()
}

/// What must be applied with each revision, found the slow way.
fn needs(graph: &RevisionGraph, id: &str) -> BTreeSet<RevisionId> {
    let mut found = BTreeSet::new();
    let mut todo = vec![RevisionId::from(id)];
    while let Some(id) = todo.pop() {
        if found.insert(id.clone()) {
            todo.extend(graph.parents(&id));
            todo.extend(graph.dependencies(&id));
        }
    }
    found
}

fn needs_of(graph: &RevisionGraph, ids: &[RevisionId]) -> BTreeSet<RevisionId> {
    ids.iter().flat_map(|id| needs(graph, id)).collect()
}

fn all(graph: &RevisionGraph) -> Vec<RevisionId> {
    graph.in_order()
}

proptest! {
    #[test]
    fn plans_respect_the_graph_and_rows_say_what_is_applied(
        (graph, rows) in history_with_rows(), target in target(), down: bool,
    ) {
        let target = write_target(&graph, &target);
        let plan = if down { graph.plan_downgrade(&rows, &target) } else { graph.plan_upgrade(&rows, &target) };
        let Ok(plan) = plan else { return Ok(()) };
        let mut applied = needs_of(&graph, &plan.from);
        for (number, step) in plan.steps.iter().enumerate() {
            let mut own = needs(&graph, &step.revision);
            own.remove(&step.revision);
            match step.action {
                Action::Upgrade => {
                    prop_assert!(own.is_subset(&applied));
                    prop_assert!(applied.insert(step.revision.clone()));
                }
                _ => {
                    prop_assert!(applied.remove(&step.revision));
                    prop_assert!(!applied.iter().any(|id| needs(&graph, id).contains(&step.revision)));
                }
            }
            let rows = plan.rows_after(number + 1);
            prop_assert_eq!(needs_of(&graph, &rows), applied.clone());
            // No row says what another says already.
            for row in &rows {
                prop_assert!(!rows.iter().any(|other| other != row && needs(&graph, other).contains(row)));
            }
        }
        prop_assert_eq!(plan.rows_after(plan.steps.len()), plan.heads_after());
    }

    #[test]
    fn up_then_down_the_same_way_restores_the_rows((graph, rows) in history_with_rows(), target in target()) {
        let Ok(plan) = graph.plan_upgrade(&rows, &write_target(&graph, &target)) else { return Ok(()) };
        // Down the same way: what the plan applied, undone one by one from its end.
        let mut now = rows_after(&plan);
        for (number, step) in plan.steps.iter().enumerate().rev() {
            let id = &step.revision;
            let below = if graph.parents(id).is_empty() { format!("{id}@base") } else { format!("{id}@{id}-1") };
            let undo = graph.plan_downgrade(&now, &below).unwrap();
            prop_assert_eq!(undo.steps.len(), 1);
            prop_assert_eq!(undo.heads_after(), plan.rows_after(number));
            now = rows_after(&undo);
        }
    }

    #[test]
    fn everything_goes_up_and_comes_down_again((graph, rows) in history_with_rows()) {
        let up = graph.plan_upgrade(&rows, "heads").unwrap();
        prop_assert_eq!(
            up.heads_after().into_iter().collect::<BTreeSet<_>>(),
            graph.effective_heads().into_iter().collect::<BTreeSet<_>>()
        );
        let from_base = graph.plan_upgrade(&[], "heads").unwrap();
        let down = graph.plan_downgrade(&rows_after(&up), "base").unwrap();
        prop_assert!(down.heads_after().is_empty());
        // Back the way it came, rows and all.
        let there: Vec<_> = from_base.steps.iter().map(|step| &step.revision).collect();
        let back: Vec<_> = down.steps.iter().rev().map(|step| &step.revision).collect();
        prop_assert_eq!(there, back);
        for steps in 0..=from_base.steps.len() {
            prop_assert_eq!(from_base.rows_after(steps), down.rows_after(down.steps.len() - steps));
        }
    }

    #[test]
    fn the_fast_closure_is_the_naive_one(revisions in history()) {
        let graph = RevisionGraph::new(revisions).unwrap();
        for id in all(&graph) {
            let fast: BTreeSet<RevisionId> = graph.ancestors([id.as_str()]).into_iter().collect();
            prop_assert_eq!(&fast, &needs(&graph, &id));
            let above: BTreeSet<RevisionId> = graph.descendants([id.as_str()]).into_iter().collect();
            let naive: BTreeSet<RevisionId> =
                all(&graph).into_iter().filter(|other| needs(&graph, other).contains(&id)).collect();
            prop_assert_eq!(above, naive);
        }
    }

    #[test]
    fn every_text_is_a_target_or_a_named_error(
        (graph, rows) in history_with_rows(), target in target(), noise in "\\PC{0,12}",
    ) {
        let target = write_target(&graph, &target);
        let known: Vec<String> = rows;
        let strange = vec![noise.clone()];
        for text in [target.as_str(), noise.as_str()] {
            for rows in [&known, &strange] {
                let mut errors: Vec<GraphError> = Vec::new();
                errors.extend(graph.plan_upgrade(rows, text).err());
                errors.extend(graph.plan_downgrade(rows, text).err());
                errors.extend(graph.plan_stamp(rows, &[text, &target], false).err());
                errors.extend(graph.plan_stamp(rows, &[text], true).err());
                errors.extend(graph.plan_offline_upgrade(text).err());
                errors.extend(graph.plan_offline_downgrade(text).err());
                errors.extend(graph.range_at(text, rows).err());
                errors.extend(graph.resolve_revision(text).err());
                for error in errors {
                    prop_assert!(error.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
                    prop_assert!(!error.to_string().is_empty());
                    let _ = error.hint();
                }
            }
        }
    }

    #[test]
    fn any_text_makes_a_history_or_a_named_error(
        names in prop::collection::vec(("\\PC{0,5}|[ab]", "\\PC{0,5}|[ab]", "\\PC{0,5}|[ab]"), 1..5),
    ) {
        let revision = |(id, parent, other): &(String, String, String)| Revision {
            down_revisions: vec![parent.as_str().into()],
            depends_on: vec![other.clone()],
            branch_labels: vec![other.clone()],
            ..Revision::new(id.as_str())
        };
        if let Err(error) = RevisionGraph::new(names.iter().map(revision)) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn the_order_of_the_files_makes_no_difference(
        (revisions, shuffled) in history().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        target in target(),
    ) {
        let one = RevisionGraph::new(revisions).unwrap();
        let other = RevisionGraph::new(shuffled).unwrap();
        let target = write_target(&one, &target);
        let plan = |graph: &RevisionGraph| format!("{:?}", graph.plan_upgrade(&[], &target));
        prop_assert_eq!(plan(&one), plan(&other));
        prop_assert_eq!(picture(&one), picture(&other));
        let ids = |graph: &RevisionGraph| graph.in_order();
        let text = |graph: &RevisionGraph| graph.to_dot(ids(graph).iter().map(|id| id.as_str()), |_| Standing::Unknown);
        prop_assert_eq!(text(&one), text(&other));
    }

    #[test]
    fn pictures_show_every_revision_once(revisions in history()) {
        let graph = RevisionGraph::new(revisions).unwrap();
        prop_assert_eq!(picture(&graph).matches('@').count(), graph.len());
        let layout = graph.layout(all(&graph).iter().map(|id| id.as_str()));
        check_layout(&layout)?;
    }
}

fn picture(graph: &RevisionGraph) -> String {
    let ids = graph.in_order();
    let drawn = graph.draw(ids.iter().map(|id| id.as_str()), Pen::Curved, |_| Node {
        glyph: '@',
        lines: 1,
    });
    drawn
        .iter()
        .flat_map(|row| &row.lines)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

/// No two revisions share a place, all links lead upwards, and no upright part of a link runs over a revision.
fn check_layout(layout: &Layout) -> Result<(), TestCaseError> {
    let mut places: BTreeMap<(u32, u32), &str> = BTreeMap::new();
    for node in &layout.nodes {
        prop_assert!(
            places
                .insert((node.place.lane, node.place.rank), &node.revision)
                .is_none()
        );
        prop_assert!(node.place.lane < layout.lanes && node.place.rank < layout.ranks);
    }
    let ends: HashSet<Place> = layout.nodes.iter().map(|node| node.place).collect();
    for link in &layout.links {
        for pair in link.way.windows(2) {
            prop_assert!(pair[0].rank < pair[1].rank, "{:?}", link);
            if pair[0].lane == pair[1].lane && link.way.len() == 3 {
                for rank in pair[0].rank + 1..pair[1].rank {
                    let passed = Place {
                        lane: pair[0].lane,
                        rank,
                    };
                    prop_assert!(!ends.contains(&passed), "{:?} runs over {:?}", link, passed);
                }
            }
        }
    }
    Ok(())
}
