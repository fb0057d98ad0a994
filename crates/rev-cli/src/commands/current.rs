//! `rev current`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::{Ui, paint};
use crate::view::{View, object, revision};
use rev_dag::RevisionId;
use rev_engine::ExitKind;
use rev_engine::commands::current::{CurrentReport, current};
use rev_engine::runner::StoredRevision;
use serde_json::{Map, Value, json};

/// Show where the database stands
///
/// One line a row of the version table. Writes nothing and takes no lock.
///
///     rev current                    3f2a9c1b7d10 (head)  Add user preferences
///     rev current -v                 all that is known of each, and what is pending
///     rev current --check-heads      ends with 3 unless everything is applied
///
/// Exit codes: 0 done, 3 not everything is applied (`--check-heads`), 7 database unreachable, 8 the history is unsound or
/// lacks a row (`--check-heads`).
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// End with 3 unless everything is applied
    #[arg(long)]
    check_heads: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let wait = args.wait.wait(&project)?;
    let report = with_surroundings(context, async |surroundings| {
        current(&project, wait, surroundings).await
    })?;
    context.show(&CurrentView {
        report: &report,
        check_heads: args.check_heads,
    })
}

struct CurrentView<'a> {
    report: &'a CurrentReport,
    check_heads: bool,
}

impl View for CurrentView<'_> {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = self.report;
        let mut current = Vec::new();
        for row in &report.rows {
            let id = RevisionId::from(row.as_str());
            current.push(if report.unknown.contains(row) {
                let mut one = json!({"revision": row, "unknown": true});
                if let Some(stored) = report.stored(row) {
                    one["message"] = json!(stored.message);
                    one["applied_at"] = json!(stored.applied_at);
                    one["by"] = json!(stored.by);
                    one["way_back"] = json!(stored.has_way_back());
                }
                one
            } else {
                Value::Object(revision::json(&report.history, &id)?)
            });
        }
        let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
        Ok(object(json!({
            "current": current,
            "heads": ids(&report.heads),
            "pending": ids(&report.pending),
            "unknown": report.unknown,
            "at_heads": report.is_at_heads(),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = self.report;
        let styles = ui.out_styles;
        if report.rows.is_empty() {
            ui.say("nothing is applied");
        }
        for row in &report.rows {
            let id = RevisionId::from(row.as_str());
            if report.unknown.contains(row) {
                let stored = report.stored(row);
                ui.println(format_args!(
                    "{} {}{}",
                    paint(styles.revision, row),
                    paint(styles.changed, "(no file here)"),
                    stored
                        .map(|stored| format!("  {stored}"))
                        .unwrap_or_default()
                ))?;
                if ui.verbosity() > 0 {
                    for line in stored.map(StoredRevision::told).unwrap_or_default() {
                        ui.println(format_args!("    {}", paint(styles.dim, line)))?;
                    }
                }
            } else if ui.verbosity() > 0 {
                ui.println(revision::details(&report.history, &id, styles)?)?;
            } else {
                ui.println(revision::line(&report.history, &id, styles)?)?;
            }
        }
        if ui.verbosity() > 0 || self.check_heads {
            match report.pending.len() {
                0 => ui.say("everything is applied"),
                count => ui.say(format_args!(
                    "{count} revision{} pending",
                    if count == 1 { " is" } else { "s are" }
                )),
            }
        }
        Ok(())
    }

    fn exit(&self) -> ExitKind {
        if self.check_heads && !self.report.unknown.is_empty() {
            ExitKind::Unsound
        } else if self.check_heads && !self.report.is_at_heads() {
            ExitKind::Pending
        } else {
            ExitKind::Done
        }
    }
}
