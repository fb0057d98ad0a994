//! `rev lint`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::lint::{LintReport, LintRequest, RevisionFinding, lint};
use rev_sql::{RULES, Rule, Severity, summary};
use serde_json::{Map, Value, json};

/// Find unsafe statements, with the lock they take and the safe form
///
/// Reads revision files only; no database is needed. What is done to a table
/// that the same revision creates is never unsafe: nobody else sees it yet.
///
///     rev lint                   the whole history
///     rev lint head              one revision
///     rev lint 3f2a:head         a range
///     rev lint --postgres 13     for an older server than the newest
///     rev lint --list            the rules
///     rev lint --explain create-index
///
/// One finding is accepted by a line before the statement, with the reason:
///
///     -- rev:allow drop-column because "no code reads it since May"
///
/// Accepted findings are shown with -v. Comments do not count in a checksum, so
/// the line may be added to a revision that is applied already.
///
/// Exit codes: 0 nothing, or notes only, 6 warnings or errors, 1 no such revision
/// or rule, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Revisions or ranges; all when none is given
    #[arg(value_name = "REVISION", allow_negative_numbers = true)]
    targets: Vec<String>,
    /// The major version of the server
    #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u32).range(13..))]
    postgres: Option<u32>,
    /// Look at the downgrade sections too
    #[arg(long)]
    downgrades: bool,
    /// Fail on notes as well
    #[arg(long)]
    strict: bool,
    /// List the rules
    #[arg(long, conflicts_with_all = ["targets", "explain"])]
    list: bool,
    /// Show the manual page of a rule
    #[arg(long, value_name = "RULE", conflicts_with = "targets")]
    explain: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    if args.list {
        return context.show(&Rules);
    }
    if let Some(name) = &args.explain {
        let rule = RULES.iter().find(|rule| rule.name == name).ok_or_else(|| {
            Failure::usage(
                format!("there is no lint rule `{name}`"),
                "`rev lint --list` names them".to_owned(),
            )
        })?;
        return context.show(&Page(rule));
    }
    let history = context.history(&context.project()?)?;
    let report = lint(
        &history,
        &LintRequest {
            targets: args.targets.clone(),
            downgrades: args.downgrades,
            server_major: args.postgres,
        },
    )?;
    context.show(&Report {
        report,
        strict: args.strict,
    })
}

struct Report {
    report: LintReport,
    strict: bool,
}

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let findings: Vec<Value> = self.report.findings.iter().map(json_of).collect();
        Ok(object(json!({
            "revisions": self.report.revisions,
            "errors": self.report.count(Severity::Error),
            "warnings": self.report.count(Severity::Warning),
            "notes": self.report.count(Severity::Note),
            "accepted": self.report.accepted(),
            "findings": findings,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let shown: Vec<&RevisionFinding> = self
            .report
            .findings
            .iter()
            .filter(|found| found.finding.allowed_because.is_none() || ui.verbosity() > 0)
            .collect();
        for found in &shown {
            show(ui, found)?;
        }
        ui.println(self.totals())
    }

    fn exit(&self) -> ExitKind {
        self.report.exit(self.strict)
    }
}

impl Report {
    fn totals(&self) -> String {
        let counts = [
            (self.report.count(Severity::Error), "error"),
            (self.report.count(Severity::Warning), "warning"),
            (self.report.count(Severity::Note), "note"),
            (self.report.accepted(), "accepted finding"),
        ];
        let parts: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| counted(*count, word))
            .collect();
        let revisions = counted(self.report.revisions, "revision");
        if parts.is_empty() {
            format!("nothing unsafe in {revisions}")
        } else {
            format!("{} in {revisions}", parts.join(", "))
        }
    }
}

fn counted(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}

fn show(ui: &Ui, found: &RevisionFinding) -> Result<(), Failure> {
    let styles = ui.out_styles;
    let finding = &found.finding;
    let style = match (&finding.allowed_because, finding.severity) {
        (Some(_), _) | (None, Severity::Note) => styles.dim,
        (None, Severity::Warning) => styles.changed,
        (None, Severity::Error) => styles.error,
    };
    ui.println(format_args!(
        "{}:{}: {} {}",
        found.file.display(),
        found.line,
        paint(
            style,
            format_args!("{}[{}]", finding.severity, finding.rule)
        ),
        finding.message,
    ))?;
    ui.println(format_args!(
        "    {}",
        paint(styles.dim, summary(&found.sql))
    ))?;
    if !finding.locks.taken.is_empty() {
        ui.println(format_args!("    locks:   {}", finding.locks))?;
    }
    match &finding.allowed_because {
        Some(because) => ui.println(format_args!("    accepted: {because}"))?,
        None => ui.println(format_args!("    help:    {}", finding.help))?,
    }
    if let (Some(safe), None) = (&finding.safe_form, &finding.allowed_because) {
        ui.println("    instead:")?;
        for line in safe.lines() {
            ui.println(format_args!("        {}", paint(styles.added, line)))?;
        }
    }
    ui.println("")
}

fn json_of(found: &RevisionFinding) -> Value {
    let finding = &found.finding;
    let locks: Vec<Value> = finding
        .locks
        .taken
        .iter()
        .map(|lock| {
            json!({
                "relation": lock.relation.to_string(),
                "mode": lock.mode.name(),
                "blocks": lock.mode.blocks(),
            })
        })
        .collect();
    let work: Vec<String> = finding.locks.work.iter().map(ToString::to_string).collect();
    json!({
        "revision": found.revision.as_str(),
        "file": found.file.display().to_string(),
        "line": found.line,
        "section": if found.downgrade { "downgrade" } else { "upgrade" },
        "rule": finding.rule,
        "severity": finding.severity.to_string(),
        "message": finding.message,
        "help": finding.help,
        "statement": found.sql,
        "safe_form": finding.safe_form,
        "locks": locks,
        "work": work,
        "accepted_because": finding.allowed_because,
    })
}

struct Rules;

impl View for Rules {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let rules: Vec<Value> = RULES
            .iter()
            .map(|rule| {
                json!({"rule": rule.name, "severity": rule.severity.to_string(), "title": rule.title()})
            })
            .collect();
        Ok(object(json!({"rules": rules})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        for rule in RULES {
            ui.println(format_args!(
                "{:<30} {:<8} {}",
                rule.name,
                rule.severity,
                rule.title()
            ))?;
        }
        Ok(())
    }
}

struct Page(&'static Rule);

impl View for Page {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(json!({
            "rule": self.0.name,
            "severity": self.0.severity.to_string(),
            "title": self.0.title(),
            "page": self.0.page(),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        ui.print(self.0.page())
    }
}
