//! `rev validate`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use clap::builder::PossibleValuesParser;
use rev_engine::ExitKind;
use rev_engine::commands::validate::validate;
use rev_engine::validate::{CHECKS, Finding, Report, Severity, ValidateOptions};
use serde_json::{Map, Value, json};

/// Look a database over: INVALID indexes, orphan rows, sequences behind, and more
///
/// Reports what the schema promises and the data do not keep. Only reads, each query in a transaction of its own; needs
/// no history. What the role may not read is listed as not looked at.
///
///     rev validate                              everything, tables read whole
///     rev validate --sample 100000              tables with more rows than that in samples
///     rev validate --only foreign_keys,sequences
///     rev validate --list                       the checks there are
///
/// Findings are errors (something is wrong now), warnings (a guarantee is missing) and notes (which count for nothing).
/// With the extensions amcheck and plpgsql_check installed, index contents, pages and PL/pgSQL bodies are checked too.
///
/// Exit codes: 0 nothing found, 4 errors or warnings found (with `--fail-on error` only errors count), 1 failed,
/// 7 database unreachable.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Only these checks, with commas between them
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = names(), hide_possible_values = true)]
    only: Vec<String>,
    /// Not these checks
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = names(), hide_possible_values = true)]
    skip: Vec<String>,
    /// Only these schemas [default: those of rev.yaml, or all but the system's]
    #[arg(long, value_name = "SCHEMA", value_delimiter = ',')]
    schema: Vec<String>,
    /// Read about this many rows of a table that has more
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u64).range(1..))]
    sample: Option<u64>,
    /// From which severity on the command ends with 4
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Warning)]
    fail_on: FailOn,
    /// List the checks and do nothing
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

/// What counts as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Something is wrong now
    Error,
    /// Or a guarantee is missing
    Warning,
}

fn names() -> PossibleValuesParser {
    CHECKS
        .iter()
        .map(|check| check.name)
        .collect::<Vec<_>>()
        .into()
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    if args.list {
        return context.show(&CheckList);
    }
    let project = context.project()?;
    let wait = args.wait.wait(&project)?;
    let options = ValidateOptions {
        schemas: (!args.schema.is_empty()).then(|| args.schema.clone()),
        sample: args.sample,
        only: args.only.clone(),
        skip: args.skip.clone(),
        ..ValidateOptions::default()
    };
    let report = with_surroundings(context, async |surroundings| {
        validate(&project, &options, wait, surroundings).await
    })?;
    let fail_on = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
    };
    context.show(&ReportView { report, fail_on })
}

struct CheckList;

impl View for CheckList {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let checks: Vec<_> = CHECKS
            .iter()
            .map(|check| json!({"name": check.name, "about": check.about}))
            .collect();
        Ok(object(json!({ "checks": checks })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let width = CHECKS
            .iter()
            .map(|check| check.name.len())
            .max()
            .unwrap_or(0);
        for check in CHECKS {
            let name = format!("{:width$}", check.name);
            ui.println(format_args!(
                "{}  {}",
                paint(ui.out_styles.heading, name),
                check.about
            ))?;
        }
        Ok(())
    }
}

struct ReportView {
    report: Report,
    fail_on: Severity,
}

/// Returns a finding as JSON.
pub fn finding_json(finding: &Finding) -> Value {
    json!({
        "check": finding.check,
        "severity": finding.severity.word(),
        "object": finding.object,
        "message": finding.message,
        "count": finding.count,
        "hint": finding.hint,
    })
}

/// Writes findings for a person: severity, object, what is wrong, and what would mend it.
pub fn print_findings(ui: &Ui, findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        let style = match finding.severity {
            Severity::Error => ui.out_styles.error,
            Severity::Warning => ui.out_styles.changed,
            Severity::Note => ui.out_styles.dim,
        };
        let word = format!("{:7}", finding.severity.word());
        ui.println(format_args!(
            "{}  {}  {}",
            paint(style, word),
            paint(ui.out_styles.heading, &finding.object),
            finding.message
        ))?;
        if let Some(hint) = &finding.hint {
            ui.println(format_args!("         {}", paint(ui.out_styles.dim, hint)))?;
        }
    }
    Ok(())
}

impl View for ReportView {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = &self.report;
        let unchecked: Vec<_> = report
            .unchecked
            .iter()
            .map(|item| json!({"check": item.check, "object": item.object, "reason": item.reason}))
            .collect();
        let checks: Vec<_> = report
            .checks
            .iter()
            .map(|check| json!({"name": check.name, "examined": check.examined}))
            .collect();
        Ok(object(json!({
            "database": report.place,
            "server_version": report.server_version,
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "findings": report.findings.iter().map(finding_json).collect::<Vec<_>>(),
            "unchecked": unchecked,
            "checks": checks,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = &self.report;
        print_findings(ui, &report.findings)?;
        let dim = ui.out_styles.dim;
        // A whole check left out is worth a line; single objects only for who asks.
        let (whole, single): (Vec<_>, Vec<_>) = report
            .unchecked
            .iter()
            .partition(|item| item.object.is_empty());
        for item in whole {
            ui.println(format_args!(
                "{}  {}  {}",
                paint(dim, "skipped"),
                paint(ui.out_styles.heading, item.check),
                item.reason
            ))?;
        }
        if ui.verbosity() > 0 {
            for item in &single {
                ui.println(format_args!(
                    "{}  {}  {}",
                    paint(dim, "skipped"),
                    paint(
                        ui.out_styles.heading,
                        format_args!("{} {}", item.check, item.object)
                    ),
                    item.reason
                ))?;
            }
            let width = report
                .checks
                .iter()
                .map(|check| check.name.len())
                .max()
                .unwrap_or(0);
            for check in &report.checks {
                ui.println(format_args!(
                    "{}  {:width$}  {} looked at",
                    paint(dim, "checked"),
                    check.name,
                    check.examined
                ))?;
            }
        } else if !single.is_empty() {
            ui.println(format_args!(
                "{}  {} objects were not looked at; -v names them",
                paint(dim, "skipped"),
                single.len()
            ))?;
        }
        ui.println(self.summary())
    }

    fn exit(&self) -> ExitKind {
        if self.report.is_clean(self.fail_on) {
            ExitKind::Done
        } else {
            ExitKind::Drift
        }
    }
}

impl ReportView {
    fn summary(&self) -> String {
        let counted = |severity, one: &str| match self.report.count(severity) {
            0 => None,
            1 => Some(format!("1 {one}")),
            many => Some(format!("{many} {one}s")),
        };
        let found: Vec<_> = [
            counted(Severity::Error, "error"),
            counted(Severity::Warning, "warning"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let found = if found.is_empty() {
            "nothing is wrong".to_owned()
        } else {
            found.join(" and ")
        };
        format!(
            "{}: {found} ({} checks)",
            self.report.place,
            self.report.checks.len()
        )
    }
}
