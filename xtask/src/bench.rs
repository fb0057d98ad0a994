//! Speed as ratios: `rev` and its yardstick run by turns on the same machine, the median
//! of the ratios is printed beside what we aim at, and nothing is asserted.
//!
//! `cargo xtask bench` runs all; `cargo xtask bench noop heads` runs those whose name
//! starts so.

mod project;
mod server;
mod watch;

use crate::postgres;
use crate::shell::{self, Options, Outcome};
use project::Project;
use server::Server;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use watch::{Usage, measure};

/// What every benchmark gets.
struct Bench {
    rev: PathBuf,
    server: Server,
    home: PathBuf,
}

type Run = fn(&Bench) -> Outcome;

/// Name and function, in the order in which they are printed.
const ALL: [(&str, Run); 11] = [
    ("start", start),
    ("noop-100", |bench| noop(bench, 100, "0.6")),
    ("noop-1000", |bench| noop(bench, 1_000, "0.9")),
    ("graph", graph),
    ("heads", heads),
    ("upgrade-1000", upgrade),
    ("upgrade-10000", upgrade_many),
    ("script", script),
    ("eight-runners", eight_runners),
    ("catalogue", catalogue),
    ("autogenerate", autogenerate),
];

pub(crate) fn run(options: &Options) -> Outcome {
    let wanted = |name: &str| {
        options.rest.is_empty()
            || options
                .rest
                .iter()
                .any(|prefix| name.starts_with(prefix.as_str()))
    };
    if !ALL.iter().any(|(name, _)| wanted(name)) {
        let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "no benchmark of that name; there are {}",
            names.join(", ")
        ));
    }
    let found = postgres::ensure(options)?;
    let rev = shell::build_rev(true)?;
    let home = shell::target().join("bench");
    std::fs::remove_dir_all(&home).ok();
    std::fs::create_dir_all(&home)
        .map_err(|error| format!("cannot make {}: {error}", home.display()))?;
    let server = Server::start(&found.bin, &home)?;
    let bench = Bench { rev, server, home };
    println!("{:<34} {:>8} {:>8}  details", "what", "ratio", "aim");
    for (name, run) in ALL {
        if wanted(name) {
            run(&bench).map_err(|error| format!("benchmark {name}: {error}"))?;
        }
    }
    Ok(())
}

fn line(what: &str, ratio: f64, aim: &str, details: &str) {
    println!("{what:<34} {ratio:>8.2} {aim:>8}  {details}");
}

impl Bench {
    fn rev(&self, project: &Project, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.rev);
        command
            .args(arguments)
            .current_dir(&project.home)
            .env("DATABASE_URL", &project.url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn project(&self, name: &str) -> Outcome<Project> {
        let url = self
            .server
            .fresh_database(&format!("bench_{}", name.replace('-', "_")))?;
        Project::create(&self.home.join(name), url)
    }
}

/// Runs both by turns and gives the median of the ratios with both medians in milliseconds.
fn compare(
    rounds: usize,
    mut ours: impl FnMut() -> Outcome<Usage>,
    mut theirs: impl FnMut() -> Outcome<Usage>,
) -> Outcome<(f64, f64, f64, u64)> {
    let (mut ratios, mut mine, mut other, mut memory) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let (a, b) = (ours()?, theirs()?);
        ratios.push(a.seconds / b.seconds);
        mine.push(a.seconds * 1e3);
        other.push(b.seconds * 1e3);
        memory = memory.max(a.memory);
    }
    Ok((median(ratios), median(mine), median(other), memory))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn start(bench: &Bench) -> Outcome {
    let mut times = Vec::new();
    let mut memory = 0;
    for _ in 0..50 {
        let usage = measure(
            Command::new(&bench.rev)
                .arg("--version")
                .stdout(Stdio::null()),
        )?;
        times.push(usage.seconds * 1e3);
        memory = usage.memory;
    }
    let size = std::fs::metadata(&bench.rev).map_or(0, |metadata| metadata.len());
    println!(
        "{:<34} {:>8} {:>8}  {:.2} ms, {:.1} MB of memory, binary {:.2} MB",
        "rev --version",
        "",
        "3 ms",
        median(times),
        mega(memory),
        mega(size)
    );
    Ok(())
}

fn mega(bytes: u64) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        reason = "a size to read, not to compute with"
    )]
    let megabytes = bytes as f64 / 1e6;
    megabytes
}

fn noop(bench: &Bench, revisions: usize, aim: &str) -> Outcome {
    let project = bench.project(&format!("noop-{revisions}"))?;
    project.add_revisions(revisions, &|n| {
        format!("CREATE TABLE t{n} (id bigint PRIMARY KEY)")
    })?;
    measure(&mut bench.rev(&project, &["upgrade", "head"]))?;
    let (ratio, mine, other, memory) = compare(
        60,
        || measure(&mut bench.rev(&project, &["upgrade", "head"])),
        || measure(&mut bench.server.psql(&project.url, &["-c", "select 1"])),
    )?;
    line(
        &format!("nothing to do, {revisions} revisions"),
        ratio,
        aim,
        &format!(
            "{mine:.2} ms against psql's {other:.2} ms, {:.1} MB (8)",
            mega(memory)
        ),
    );
    Ok(())
}

fn graph(_: &Bench) -> Outcome {
    let mut command = shell::cargo([
        "run",
        "--quiet",
        "--release",
        "--package",
        "rev-dag",
        "--example",
        "scale",
        "--",
    ]);
    shell::run(command.args(["1000", "10000", "100000"]))
}

fn heads(bench: &Bench) -> Outcome {
    let project = bench.project("heads")?;
    project.add_woven_revisions(10_000)?;
    let grep = || {
        measure(
            Command::new("grep")
                .args(["-h", "^revision", "-r", "revisions"])
                .current_dir(&project.home)
                .stdout(Stdio::null()),
        )
    };
    for (arguments, aim) in [(["heads"], "1.5"), (["history"], "3")] {
        let (ratio, mine, other, memory) =
            compare(15, || measure(&mut bench.rev(&project, &arguments)), grep)?;
        line(
            &format!("rev {}, 10,000 files", arguments[0]),
            ratio,
            aim,
            &format!(
                "{mine:.1} ms against grep's {other:.1} ms, {:.0} MB",
                mega(memory)
            ),
        );
    }
    Ok(())
}

/// A table and an index each, as a team's small revisions are.
fn small_revision(n: usize) -> String {
    format!(
        "CREATE TABLE t{n} (id bigint PRIMARY KEY, name text NOT NULL);\n\nCREATE INDEX t{n}_name ON t{n} (name)"
    )
}

fn upgrade(bench: &Bench) -> Outcome {
    let script = bench.home.join("upgrade-1000.sql");
    let mut text = String::from("CREATE TABLE rev_version (version_num text PRIMARY KEY);\n");
    for n in 0..1_000 {
        text += &format!(
            "BEGIN;\n{};\n{}\nCOMMIT;\n",
            small_revision(n),
            project::version_update(n)
        );
    }
    std::fs::write(&script, text).map_err(|error| error.to_string())?;
    let project = bench.project("upgrade-1000")?;
    project.add_revisions(1_000, &small_revision)?;
    let (ratio, mine, other, memory) = compare(
        5,
        || {
            bench.server.recreate(&project.url)?;
            measure(&mut bench.rev(&project, &["upgrade", "head"]))
        },
        || {
            bench.server.recreate(&project.url)?;
            measure(
                &mut bench
                    .server
                    .psql(&project.url, &["-f", &script.display().to_string()]),
            )
        },
    )?;
    line(
        "upgrade of 1,000, durable",
        ratio,
        "0.95",
        &format!(
            "{mine:.0} ms against psql's {other:.0} ms, {:.1} MB (12)",
            mega(memory)
        ),
    );
    Ok(())
}

fn upgrade_many(bench: &Bench) -> Outcome {
    let project = bench.project("upgrade-10000")?;
    project.add_revisions(10_000, &small_revision)?;
    let usage = measure(&mut bench.rev(&project, &["upgrade", "head"]))?;
    println!(
        "{:<34} {:>8} {:>8}  {:.1} s, {:.1} MB (12)",
        "upgrade of 10,000, one command",
        "",
        "",
        usage.seconds,
        mega(usage.memory)
    );
    Ok(())
}

fn script(bench: &Bench) -> Outcome {
    let project = bench.project("script")?;
    project.add_revisions(1_000, &small_revision)?;
    let (ratio, mine, other, _) = compare(
        15,
        || measure(&mut bench.rev(&project, &["upgrade", "base:head", "--sql"])),
        || {
            measure(
                Command::new("sh")
                    .args(["-c", "cat revisions/*"])
                    .current_dir(&project.home)
                    .stdout(Stdio::null()),
            )
        },
    )?;
    line(
        "upgrade --sql of 1,000",
        ratio,
        "2",
        &format!("{mine:.1} ms against cat's {other:.1} ms"),
    );
    Ok(())
}

fn eight_runners(bench: &Bench) -> Outcome {
    let project = bench.project("eight-runners")?;
    project.add_revisions(50, &small_revision)?;
    let (ratio, mine, other, _) = compare(
        5,
        || {
            bench.server.recreate(&project.url)?;
            let start = std::time::Instant::now();
            let children: Vec<_> = (0..8)
                .map(|_| bench.rev(&project, &["upgrade", "head"]).spawn())
                .collect::<Result<_, _>>()
                .map_err(|error| error.to_string())?;
            for mut child in children {
                let status = child.wait().map_err(|error| error.to_string())?;
                if !status.success() {
                    return Err(format!("one of eight runners ended with {status}"));
                }
            }
            Ok(Usage {
                seconds: start.elapsed().as_secs_f64(),
                memory: 0,
            })
        },
        || {
            bench.server.recreate(&project.url)?;
            measure(&mut bench.rev(&project, &["upgrade", "head"]))
        },
    )?;
    line(
        "eight runners, 50 revisions",
        ratio,
        "2",
        &format!("{mine:.0} ms against one's {other:.0} ms"),
    );
    Ok(())
}

/// A schema of this many tables: 10 columns, 2 indexes and a foreign key each.
fn large_schema(tables: usize) -> String {
    let mut text = String::new();
    for n in 0..tables {
        let parent = if n == 0 {
            String::new()
        } else {
            format!(" REFERENCES t{} (id)", n / 2)
        };
        text += &format!(
            "CREATE TABLE t{n} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    parent_id bigint{parent},\n    name text NOT NULL,\n    email varchar(200),\n    amount numeric(12, 2) NOT NULL DEFAULT 0,\n    active boolean NOT NULL DEFAULT true,\n    tags text[],\n    payload jsonb,\n    created_at timestamptz NOT NULL DEFAULT now(),\n    updated_at timestamptz\n);\nCREATE INDEX t{n}_name ON t{n} (name);\nCREATE INDEX t{n}_created ON t{n} (created_at) WHERE active;\n"
        );
    }
    text
}

fn catalogue(bench: &Bench) -> Outcome {
    let project = bench.project("catalogue")?;
    bench.server.load(&project.url, &large_schema(1_000))?;
    let (ratio, mine, other, memory) = compare(
        7,
        || measure(&mut bench.rev(&project, &["inspect"])),
        || measure(&mut bench.server.pg_dump(&project.url)),
    )?;
    line(
        "inspect 1,000 tables",
        ratio,
        "0.5",
        &format!(
            "{mine:.0} ms against pg_dump's {other:.0} ms, {:.0} MB (150)",
            mega(memory)
        ),
    );
    Ok(())
}

fn autogenerate(bench: &Bench) -> Outcome {
    let schema = large_schema(1_000);
    let project = bench.project("autogenerate")?;
    bench.server.load(&project.url, &schema)?;
    project.write_model(&schema)?;
    let nothing = &[
        "autogenerate",
        "--from-database",
        "--no-input",
        "-m",
        "nothing",
    ];
    measure(&mut bench.rev(&project, nothing))?;
    let (ratio, mine, other, memory) = compare(
        7,
        || measure(&mut bench.rev(&project, nothing)),
        || measure(&mut bench.server.pg_dump(&project.url)),
    )?;
    line(
        "autogenerate, nothing new, 1,000",
        ratio,
        "1.2",
        &format!(
            "{mine:.0} ms against pg_dump's {other:.0} ms, {:.0} MB (150)",
            mega(memory)
        ),
    );
    Ok(())
}

/// Reads a file name for messages.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
