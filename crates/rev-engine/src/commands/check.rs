//! `check`: everything that can be wrong, one line each.

use crate::codes::ExitKind;
use crate::error::EngineError;
use crate::history::History;
use crate::project::Project;
use rev_dag::RevisionId;
use std::path::Path;
use std::process::{Command, Stdio};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLine {
    /// What was looked at: `files`, `heads`, `models` …
    pub name: &'static str,
    /// How it stands.
    pub state: CheckState,
    /// One sentence.
    pub sentence: String,
    /// More lines, such as the files concerned.
    pub details: Vec<String>,
    /// The next step.
    pub hint: Option<String>,
}

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// As it should be.
    Fine,
    /// Not looked at, for the reason in the sentence.
    Skipped,
    /// Not as it should be; the process ends so.
    Wrong(ExitKind),
}

impl CheckLine {
    /// Returns a line for something that is as it should be.
    pub fn fine(name: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            name,
            state: CheckState::Fine,
            sentence: sentence.into(),
            details: Vec::new(),
            hint: None,
        }
    }

    /// Returns a line for something that was not looked at.
    pub fn skipped(name: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            state: CheckState::Skipped,
            ..Self::fine(name, sentence)
        }
    }

    /// Returns a line for something that is wrong.
    pub fn wrong(
        name: &'static str,
        exit: ExitKind,
        sentence: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) -> Self {
        Self {
            state: CheckState::Wrong(exit),
            hint: hint.into(),
            ..Self::fine(name, sentence)
        }
    }

    /// Returns the line for an error that a check ran into.
    pub fn of_error(name: &'static str, error: &EngineError) -> Self {
        Self::wrong(name, error.exit(), error.to_string(), error.hint())
    }
}

/// What `check` found.
#[derive(Debug, Clone, Default)]
pub struct CheckReport {
    /// A line for each thing looked at, in order.
    pub lines: Vec<CheckLine>,
}

impl CheckReport {
    /// Returns whether the files can be used; several heads are no hindrance to that.
    pub fn is_sound(&self) -> bool {
        !self
            .lines
            .iter()
            .any(|line| line.name == "history" && matches!(line.state, CheckState::Wrong(_)))
    }

    /// Returns how the process ends: on the gravest finding. What makes the rest meaningless comes first.
    pub fn exit(&self) -> ExitKind {
        const GRAVITY: [ExitKind; 7] = [
            ExitKind::Unsound,
            ExitKind::Drift,
            ExitKind::Unreachable,
            ExitKind::Refused,
            ExitKind::Locked,
            ExitKind::Pending,
            ExitKind::Failed,
        ];
        let wrong: Vec<ExitKind> = self
            .lines
            .iter()
            .filter_map(|line| {
                if let CheckState::Wrong(exit) = line.state {
                    Some(exit)
                } else {
                    None
                }
            })
            .collect();
        let gravest = GRAVITY.into_iter().find(|exit| wrong.contains(exit));
        gravest
            .or_else(|| wrong.first().copied())
            .unwrap_or(ExitKind::Done)
    }
}

/// Checks what needs no database: every file reads, the graph is sound, there is one head.
///
/// Returns the history too, where it could be read, for the checks that follow.
pub fn check_offline(project: &Project) -> (CheckReport, Option<History>) {
    let mut report = CheckReport::default();
    let history = match History::read_or_empty(project) {
        Ok(history) => history,
        Err(error) => {
            report.lines.push(CheckLine::of_error("history", &error));
            return (report, None);
        }
    };
    report.lines.push(bodies(&history));
    report.lines.push(heads(project, &history));
    (report, Some(history))
}

/// Reads every body: a history whose headers are fine may still hold a file without an upgrade section.
fn bodies(history: &History) -> CheckLine {
    let mut faults: Vec<EngineError> = Vec::new();
    for revision in history.graph.in_order() {
        if let Err(error) = history.body(&revision) {
            faults.push(error);
        }
    }
    match faults.as_slice() {
        [] if history.graph.is_empty() => CheckLine::fine("history", "no revision files yet"),
        [] => CheckLine::fine(
            "history",
            format!(
                "{} read and fit together",
                count(history.graph.len(), "revision")
            ),
        ),
        [one] => CheckLine::of_error("history", one),
        [first, ..] => {
            let mut line = CheckLine::of_error("history", first);
            line.sentence = format!("{} cannot be used", count(faults.len(), "revision file"));
            line.details = faults.iter().map(EngineError::to_string).collect();
            line
        }
    }
}

fn heads(project: &Project, history: &History) -> CheckLine {
    let heads = history.graph.effective_heads();
    match heads.as_slice() {
        [] => CheckLine::fine("heads", "no revisions yet"),
        [one] => CheckLine::fine("heads", format!("one head, `{one}`")),
        several => {
            let hint = format!(
                "join them with `rev merge heads -m \"…\"`, or put one on the other with `rev rebase {} --onto {}`",
                several[1], several[0]
            );
            let sentence = format!(
                "there are {} heads: {}",
                several.len(),
                several
                    .iter()
                    .map(|head| format!("`{head}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            let mut line = CheckLine::wrong("heads", ExitKind::Unsound, sentence, hint);
            line.details = several
                .iter()
                .map(|head| introduced(project, history, head))
                .collect();
            line
        }
    }
}

/// Returns the file of a head and who introduced it, as far as git knows.
fn introduced(project: &Project, history: &History, head: &RevisionId) -> String {
    let Ok(entry) = history.file(head) else {
        return head.to_string();
    };
    let who = author(project.root(), &entry.path)
        .map(|who| format!(", {who}"))
        .unwrap_or_default();
    format!(
        "{}: {}{who}",
        entry.shown.display(),
        entry.header.message.lines().next().unwrap_or_default()
    )
}

/// Asks git who added a file. No git, no repository or no commit yet are all no answer.
fn author(root: &Path, file: &Path) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args([
            "log",
            "--diff-filter=A",
            "--follow",
            "-1",
            "--date=short",
            "--format=%an in %h on %ad",
            "--",
        ])
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !text.is_empty() {
        Some(format!("added by {text}"))
    } else {
        None
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
