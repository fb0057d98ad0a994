//! A health report of a database: what its schema promises and its contents do not keep.
//!
//! A restored dump, a failed CREATE INDEX CONCURRENTLY, a bulk load with triggers off, a new version of the operating
//! system's collations: each leaves a database that answers queries and is wrong. The checks look for what such
//! accidents leave behind. They only read: every query runs in a read-only transaction of its own, so that no snapshot
//! is held for long, and what a role may not read is listed as not looked at rather than counted as sound.
//!
//! The same report taken before and after an upgrade tells what the upgrade made worse ([`Report::worse_than`]).
//!
//! # A new check
//!
//! One file under `checks/` with a `CHECK`, and its line in [`CHECKS`]. The command's `--only`, `--skip`, `--list` and the
//! tests over the list know it then.

mod checks;
mod probe;

use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::pg::{Session, SessionError};
use crate::runner::RunError;
use probe::Probe;
use std::future::Future;
use std::pin::Pin;

pub use checks::CHECKS;

/// One kind of damage that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name, as `--only` takes it and findings carry it.
    pub name: &'static str,
    /// What it looks for, in one line.
    pub about: &'static str,
    run: Run,
}

type Run = for<'a, 'b> fn(&'a mut Probe<'b>) -> Outcome<'a>;
type Outcome<'a> = Pin<Box<dyn Future<Output = Result<(), SessionError>> + 'a>>;

/// What is looked at, and how closely.
#[derive(Debug, Clone, Default)]
pub struct ValidateOptions {
    /// Only objects in these schemas; `None` is all but the system's.
    pub schemas: Option<Vec<String>>,
    /// The search path under which views, functions and constraints are tried; `None` is the role's own.
    pub search_path: Option<Vec<String>>,
    /// Tables with more rows than this (by the server's estimate) are looked at in samples of about that many rows.
    pub sample: Option<u64>,
    /// Only these checks; empty is all.
    pub only: Vec<String>,
    /// Not these checks.
    pub skip: Vec<String>,
}

impl ValidateOptions {
    /// Returns the checks that these options leave, in the order of [`CHECKS`].
    pub fn checks(&self) -> impl Iterator<Item = &'static Check> {
        CHECKS.iter().filter(|check| {
            let named = |names: &[String]| names.iter().any(|name| name == check.name);
            (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
        })
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; counts for nothing.
    Note,
    /// A guarantee is missing or soon will be.
    Warning,
    /// Something is wrong now.
    Error,
}

impl Severity {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, as one would write it in SQL.
    pub object: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How many rows, where rows are counted.
    pub count: Option<u64>,
    /// What would mend it.
    pub hint: Option<String>,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// The check.
    pub check: &'static str,
    /// The object; empty is the whole check.
    pub object: String,
    /// Why not.
    pub reason: String,
}

/// What a check did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The check.
    pub name: &'static str,
    /// How many objects it looked at.
    pub examined: usize,
}

/// What was found, and what was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The server and database, in words.
    pub place: String,
    /// `server_version_num`.
    pub server_version: u32,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub unchecked: Vec<Unchecked>,
    /// The checks that ran.
    pub checks: Vec<CheckReport>,
}

impl Report {
    /// Returns how many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Returns whether nothing of at least this severity was found.
    pub fn is_clean(&self, from: Severity) -> bool {
        self.findings.iter().all(|finding| finding.severity < from)
    }

    /// Returns what an earlier report of the same database did not have, or had to a lesser degree. Notes do not count.
    pub fn worse_than(&self, before: &Report) -> Vec<Finding> {
        let was_there = |finding: &Finding| {
            before.findings.iter().any(|old| {
                old.check == finding.check
                    && old.object == finding.object
                    && old.severity >= finding.severity
                    && old.count.unwrap_or(0) >= finding.count.unwrap_or(0)
                    // Two findings about one object differ in what they say, numbers aside.
                    && without_numbers(&old.message) == without_numbers(&finding.message)
            })
        };
        self.findings
            .iter()
            .filter(|finding| finding.severity > Severity::Note && !was_there(finding))
            .cloned()
            .collect()
    }
}

/// The words of a message before its example, digits left out.
fn without_numbers(message: &str) -> String {
    let words = message.split(", for example").next().unwrap_or_default();
    words.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Looks a database over. Nothing is changed.
///
/// # Errors
/// The connection broke, or the catalogue cannot be read.
pub async fn validate(
    session: &mut Session,
    options: &ValidateOptions,
    events: EventSink<'_>,
) -> Result<Report, EngineError> {
    let mut report = Report {
        place: session.place().to_owned(),
        server_version: session.version(),
        ..Report::default()
    };
    let checks: Vec<_> = options.checks().collect();
    for (number, check) in checks.iter().enumerate() {
        events(Event::Progress {
            what: check.about.to_owned(),
            done: number as u64 + 1,
            total: Some(checks.len() as u64),
        });
        let mut probe = Probe::new(session, options, check.name);
        let outcome = (check.run)(&mut probe).await;
        let (findings, unchecked, examined) = probe.into_parts();
        report.findings.extend(findings);
        report.unchecked.extend(unchecked);
        outcome
            .map_err(|error| RunError::bookkeeping(&format!("look for {}", check.about), error))?;
        report.checks.push(CheckReport {
            name: check.name,
            examined,
        });
    }
    // Stable: within a severity the order of the checks, and in a check the catalogue's by name.
    report
        .findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(object: &str, severity: Severity, count: Option<u64>) -> Finding {
        Finding {
            check: "foreign_keys",
            severity,
            object: object.to_owned(),
            message: format!("{} rows point nowhere, for example (x)", count.unwrap_or(0)),
            count,
            hint: None,
        }
    }

    fn report(findings: Vec<Finding>) -> Report {
        Report {
            findings,
            ..Report::default()
        }
    }

    #[test]
    fn worse_is_new_or_more_or_graver() {
        let before = report(vec![
            finding("a", Severity::Error, Some(3)),
            finding("b", Severity::Warning, None),
        ]);
        let names = |after: Vec<Finding>| {
            let worse = report(after).worse_than(&before);
            worse.into_iter().map(|f| f.object).collect::<Vec<_>>()
        };
        assert!(names(before.findings.clone()).is_empty());
        assert!(names(vec![finding("a", Severity::Error, Some(2))]).is_empty());
        assert_eq!(names(vec![finding("a", Severity::Error, Some(4))]), ["a"]);
        assert_eq!(names(vec![finding("b", Severity::Error, None)]), ["b"]);
        assert_eq!(names(vec![finding("c", Severity::Warning, None)]), ["c"]);
        assert!(names(vec![finding("c", Severity::Note, None)]).is_empty());
    }

    #[test]
    fn names_are_unique_and_options_choose_among_them() {
        let mut names: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        let options = ValidateOptions {
            only: vec!["sequences".into(), "triggers".into()],
            skip: vec!["triggers".into()],
            ..ValidateOptions::default()
        };
        let left: Vec<_> = options.checks().map(|check| check.name).collect();
        assert_eq!(left, ["sequences"]);
    }
}
