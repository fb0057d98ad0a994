//! Measures how the graph scales: `cargo run --release -p rev-dag --example scale [REVISIONS ..]`.
//!
//! Prints one line per size with milliseconds for each question, and the peak memory of the process so far. The
//! history is a line with a second branch that is merged every tenth revision, a few labels, some dependencies
//! on a second root, and a few heads that are left open.

use std::hint::black_box;
use std::time::Instant;

use rev_dag::{Revision, RevisionGraph};

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|size| size.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![1_000, 10_000, 100_000]
    } else {
        sizes
    };
    for size in sizes {
        measure(size);
    }
}

fn measure(size: usize) {
    let revisions = history(size);
    let start = Instant::now();
    let graph = RevisionGraph::new(revisions).expect("a sound history");
    let build = milliseconds(start);

    let start = Instant::now();
    let heads = black_box(graph.heads());
    let heads_time = milliseconds(start);

    let start = Instant::now();
    let plan = graph.plan_upgrade(&[], "heads").expect("an upgrade");
    let upgrade = milliseconds(start);
    assert_eq!(plan.steps.len(), size);

    let rows: Vec<String> = plan.heads_after().iter().map(ToString::to_string).collect();
    let start = Instant::now();
    let plan = graph.plan_downgrade(&rows, "base").expect("a downgrade");
    let downgrade = milliseconds(start);
    assert!(plan.heads_after().is_empty());
    drop(plan);

    let start = Instant::now();
    let nothing = graph.plan_upgrade(&rows, "heads").expect("nothing to do");
    let no_op = milliseconds(start);
    assert!(nothing.is_empty());

    let start = Instant::now();
    for id in graph.heads() {
        black_box(graph.labels_of(&id));
    }
    let labels = milliseconds(start);

    println!(
        "revisions={size} heads={} build={build:.1}ms heads={heads_time:.2}ms upgrade={upgrade:.1}ms \
         build+heads+upgrade={:.1}ms downgrade={downgrade:.1}ms no_op={no_op:.1}ms labels={labels:.1}ms peak={}MB",
        heads.len(),
        build + heads_time + upgrade,
        peak_megabytes(),
    );
}

/// Makes a history whose order in memory is not its order in time, as files sorted by name would be.
fn history(size: usize) -> Vec<Revision> {
    let id = |n: usize| {
        format!(
            "{:012x}",
            (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16
        )
    };
    let mut revisions: Vec<Revision> = Vec::with_capacity(size);
    for n in 0..size {
        let mut revision = Revision::new(id(n));
        revision.create_date = 1_700_000_000 + n as i64;
        revision.message = format!("change number {n}");
        let parents: &[usize] = match n % 10 {
            _ if n == 0 || n == 5 => &[],
            0 => &[1, 2],
            9 if n % 1_000 == 999 => &[2],
            9 => &[2],
            _ => &[1],
        };
        revision.down_revisions = parents.iter().map(|back| id(n - back).into()).collect();
        if n % 5_000 == 17 {
            revision.branch_labels = vec![format!("line{n}")];
        }
        if n % 37 == 36 {
            revision.depends_on = vec![id(n / 2)];
        }
        revisions.push(revision);
    }
    revisions.sort_by(|a, b| a.id.cmp(&b.id));
    revisions
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}

/// Returns the high-water mark of this process, where the system tells (Linux).
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1024)
}
