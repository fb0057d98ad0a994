//! `rev check`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::check::{CheckReport, CheckState, check_offline};
use rev_engine::commands::check_schema::{SchemaChecks, check_schema};
use serde_json::{Map, Value, json};

/// Check that everything fits together: files, graph, heads, models, database
///
/// One line for each thing that was looked at, and one exit code for all: made
/// for CI. Several heads are named with their files and, where there is git, with
/// who added them. The models are compared with what the history leads to, and the
/// database, where one is configured, with what its own revisions made of it.
///
///     rev check
///     ok       history   12 revisions read and fit together
///     ok       heads     one head, `3f2a9c1b7d10`
///     ok       models    the models agree with the history
///     pending  database  2 revisions not applied yet
///     ok       drift     the database is what its revisions made of it
///
/// Exit codes: 0 all is well, 3 a revision is pending or the models differ from
/// the history, 4 the database was changed by hand, 7 it is not there, 8 a file
/// cannot be used, the graph is unsound, or there are several heads.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Look at no database, neither the project's nor a dev database: files and graph alone
    #[arg(long)]
    offline: bool,
    /// Leave the project's database out: files, graph and models
    #[arg(long)]
    no_database: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let (mut report, history) = check_offline(&project);
    // What follows means something only on files that can be used.
    if let Some(history) = history.filter(|_| !args.offline && report.is_sound()) {
        let wanted = SchemaChecks {
            models: true,
            database: !args.no_database,
        };
        let events = |event| context.ui.event(event);
        let lines = context
            .block_on(async { Ok(check_schema(&project, &history, wanted, &events).await) })?;
        report.lines.extend(lines);
    }
    context.show(&Report(report))
}

struct Report(CheckReport);

fn word(state: CheckState) -> &'static str {
    match state {
        CheckState::Fine => "ok",
        CheckState::Skipped => "skip",
        CheckState::Wrong(ExitKind::Pending) => "pending",
        CheckState::Wrong(_) => "failed",
    }
}

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let lines = self.0.lines.iter().map(|line| {
            json!({"check": line.name, "state": word(line.state), "message": line.sentence, "details": line.details, "hint": line.hint})
        });
        Ok(object(
            json!({"ok": self.0.exit() == ExitKind::Done, "checks": lines.collect::<Vec<_>>()}),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let styles = ui.out_styles;
        let width = self
            .0
            .lines
            .iter()
            .map(|line| line.name.len())
            .max()
            .unwrap_or_default();
        for line in &self.0.lines {
            let style = match line.state {
                CheckState::Fine => styles.added,
                CheckState::Skipped => styles.dim,
                CheckState::Wrong(ExitKind::Pending) => styles.changed,
                CheckState::Wrong(_) => styles.error,
            };
            let state = format!("{:7}", word(line.state));
            ui.println(format_args!(
                "{} {:width$}  {}",
                paint(style, state),
                line.name,
                line.sentence
            ))?;
            for detail in &line.details {
                ui.println(format_args!("        {:width$}  {detail}", ""))?;
            }
            if let Some(hint) = &line.hint {
                ui.println(format_args!(
                    "        {:width$}  {} {hint}",
                    "",
                    paint(styles.hint, "hint:")
                ))?;
            }
        }
        Ok(())
    }

    fn exit(&self) -> ExitKind {
        self.0.exit()
    }
}
