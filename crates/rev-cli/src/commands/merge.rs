//! `rev merge`.

use crate::commands::revision::Written;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::commute::{CommuteReport, commute};
use rev_engine::commands::merge::merge;
use rev_engine::new_revision::NewRevisionOptions;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Join several heads into one
///
/// Writes a revision whose parents are the given heads. Applying it changes
/// nothing but the version rows, unless you write SQL into it.
///
///     rev merge heads -m "merge billing and search"
///     rev merge 3f2a 77c0
///     rev merge heads --check
///
/// To put one branch on top of the other instead, without a merge revision, see
/// `rev rebase`.
///
/// Exit codes: 0 done, 3 --check found that the order matters, 1 fewer than two heads, one that is no head, or the file
/// exists, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Heads to join: ids, labels, or `heads` for all
    #[arg(value_name = "REV", required = true)]
    revisions: Vec<String>,
    /// What it is for [default: merge A and B]
    #[arg(short, long, value_name = "TEXT", default_value = "")]
    message: String,
    /// Name the line of revisions that starts here
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Revisions folder to write to
    #[arg(long, value_name = "DIR")]
    version_path: Option<PathBuf>,
    /// Identifier to use instead of a made-up one
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Let a parent be a revision that others follow already
    #[arg(long)]
    splice: bool,
    /// Write nothing; run both orders on the dev database and say whether they come to the same
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    if args.check {
        let events = |event| context.ui.event(event);
        let report = context.block_on(commute(&project, &args.revisions, &events))?;
        return context.show(&Orders(report));
    }
    let options = NewRevisionOptions {
        message: args.message.clone(),
        heads: args.revisions.clone(),
        splice: args.splice,
        branch_labels: args.branch_label.clone(),
        depends_on: Vec::new(),
        version_path: args.version_path.clone(),
        rev_id: args.rev_id.clone(),
    };
    let new = merge(&project, &options, &*context.clock(), &*context.ids())?;
    context.show(&Written(new))
}

/// Whether branches commute.
struct Orders(CommuteReport);

impl View for Orders {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = &self.0;
        Ok(object(json!({
            "orders": [report.one, report.other],
            "commute": report.differences.is_empty(),
            "differences": report.differences,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = &self.0;
        if report.differences.is_empty() {
            ui.say("both orders lead to the same schema");
            return Ok(());
        }
        for difference in &report.differences {
            ui.println(difference)?;
        }
        ui.flush()?;
        ui.say(format_args!(
            "the order matters: {} and {} lead to different schemas",
            report.one.join(", "),
            report.other.join(", ")
        ));
        Ok(())
    }

    fn exit(&self) -> ExitKind {
        if self.0.differences.is_empty() {
            ExitKind::Done
        } else {
            ExitKind::Pending
        }
    }
}
