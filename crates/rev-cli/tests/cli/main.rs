//! The program as a person meets it: exit code, stdout and stderr of whole commands, a module each.
//!
//! A few cases a command, since detail is tested in the crates below. What was recorded lies in `snapshots/`.

mod autogenerate;
mod backup;
mod branches;
mod check;
mod dev;
mod edit;
mod graph;
mod heads;
mod help;
mod history;
mod import;
mod init;
mod json;
mod lint;
mod merge;
mod plan;
mod preview;
mod rebase;
mod revision;
mod schemas;
mod settings;
mod show;
mod unsound;

use rev_testkit::{Filters, Output, TestProject};

/// Returns a project with a `rev.yaml` and the revisions given as `(id, parents)`.
fn project(revisions: &[(&str, &str)]) -> TestProject {
    let project = TestProject::empty();
    project.write("rev.yaml", "revisions: [revisions]\nmodels: []\n");
    for (id, parents) in revisions {
        project.revision(id, parents, "SELECT 1;", "SELECT 2;");
    }
    project
}

/// Returns what a person saw, one command after the other, with the project's own folder named.
fn session(project: &TestProject, commands: &[&[&str]]) -> String {
    let mut out = String::new();
    for command in commands {
        let line: Vec<String> = command
            .iter()
            .map(|word| {
                if word.contains(' ') || word.is_empty() {
                    format!("{word:?}")
                } else {
                    (*word).to_owned()
                }
            })
            .collect();
        out.push_str(&format!(
            "$ rev {}\n{}\n",
            line.join(" "),
            shown(project, &project.rev(*command))
        ));
    }
    out
}

/// Returns one run as text: data, then talk behind bars, then the exit code unless it is 0.
fn shown(project: &TestProject, output: &Output) -> String {
    let mut out = output.stdout.clone();
    for line in output.stderr.lines() {
        out.push_str(&format!("| {line}\n"));
    }
    if output.code != 0 {
        out.push_str(&format!("[exit {}]\n", output.code));
    }
    let folder = project.path().display().to_string();
    Filters::default().literal(folder, "[PROJECT]").apply(&out)
}
