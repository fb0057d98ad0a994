//! What continuous integration runs; `.ci/run` only calls this.

use crate::shell::{self, Options, Outcome};
use crate::{docs, statics, test};
use std::time::Instant;

/// The oldest and the newest major beside the one that the machine has.
const MAJORS: [u32; 2] = [13, 18];

pub(crate) fn run(options: &Options) -> Outcome {
    let mut took: Vec<(String, u64)> = Vec::new();
    let mut timed = |name: &str, work: &dyn Fn() -> Outcome| {
        let start = Instant::now();
        let result = work();
        took.push((name.to_owned(), start.elapsed().as_secs()));
        result
    };
    timed("format", &|| {
        shell::step(&mut shell::cargo(["fmt", "--all", "--check"]))
    })?;
    timed("clippy", &|| {
        shell::step(&mut shell::cargo([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    timed("test", &|| test::run(&Options::default()))?;
    let majors = match options.postgres.as_slice() {
        [] => &MAJORS[..],
        asked => asked,
    };
    for &major in majors {
        timed(&format!("test on {major}"), &|| {
            test::on_major(options, major)
        })?;
    }
    timed("static binary", &|| statics::run(&Options::default()))?;
    timed("docs", &|| docs::run(options))?;
    println!();
    for (name, seconds) in took {
        println!("{name:<20} {seconds:>4} s");
    }
    Ok(())
}
