//! Measures how the graph scales: `cargo run --release -p rev-dag --example scale [REVISIONS ..]`.
//!
//! Prints one line per size with milliseconds for each question (the best of a few rounds), and the peak memory of
//! the process so far, input included. The history is a line with a second branch that is merged every tenth
//! revision, a few labels, some dependencies far back, a second root, and a few heads that are left open.

use std::hint::black_box;
use std::time::Instant;

use rev_dag::{Node, Pen, Revision, RevisionGraph, RevisionId};

/// How many of the newest revisions are drawn; nobody scrolls further.
const DRAWN: usize = 10_000;

/// How often everything is measured: machines are shared, and the first round pays for memory that the next
/// find warm.
const ROUNDS: usize = 5;

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
        let rounds: Vec<Times> = (0..ROUNDS).map(|_| measure(size)).collect();
        let mut line = format!("revisions={size}");
        for (position, (name, _)) in rounds[0].iter().enumerate() {
            let best = rounds
                .iter()
                .map(|times| times[position].1)
                .fold(f64::INFINITY, f64::min);
            line += &format!(" {name}={best:.2}ms");
        }
        println!("{line} peak={}MB", peak_megabytes());
    }
}

/// What was measured, in milliseconds.
type Times = Vec<(&'static str, f64)>;

fn measure(size: usize) -> Times {
    let revisions = history(size);
    let mut times = Times::new();
    let graph = time(&mut times, "build", || {
        RevisionGraph::new(revisions).expect("a sound history")
    });
    let heads = time(&mut times, "heads", || graph.heads());
    let plan = time(&mut times, "upgrade", || {
        graph.plan_upgrade(&[], "heads").expect("an upgrade")
    });
    assert_eq!(plan.steps.len(), size);
    let together = times.iter().map(|(_, milliseconds)| milliseconds).sum();
    times.push(("build+heads+upgrade", together));

    let rows: Vec<String> = plan.heads_after().iter().map(ToString::to_string).collect();
    drop(plan);
    let plan = time(&mut times, "downgrade", || {
        graph.plan_downgrade(&rows, "base").expect("a downgrade")
    });
    assert!(plan.heads_after().is_empty());
    drop(plan);
    let nothing = time(&mut times, "no_op", || {
        graph.plan_upgrade(&rows, "heads").expect("nothing to do")
    });
    assert!(nothing.is_empty());
    time(&mut times, "labels", || {
        heads
            .iter()
            .map(|id| graph.labels_of(id).len())
            .sum::<usize>()
    });

    let ids = graph.in_order();
    let layout = time(&mut times, "layout", || {
        graph.layout(ids.iter().map(RevisionId::as_str))
    });
    assert_eq!(layout.nodes.len(), size);
    let shown = ids.iter().rev().take(DRAWN).map(RevisionId::as_str);
    let drawn = time(&mut times, "draw", || {
        graph.draw(shown, Pen::Curved, |_| Node {
            glyph: 'o',
            lines: 1,
        })
    });
    assert_eq!(drawn.len(), size.min(DRAWN));
    times
}

fn time<T>(times: &mut Times, name: &'static str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = black_box(work());
    times.push((name, start.elapsed().as_secs_f64() * 1_000.0));
    made
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

/// Returns the high-water mark of this process, where the system tells (Linux).
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1024)
}
