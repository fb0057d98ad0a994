//! `rev rebase`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::with_surroundings;
use crate::ui::Ui;
use crate::view::{View, object};
use rev_dag::RevisionId;
use rev_engine::ExitKind;
use rev_engine::commands::current::current;
use rev_engine::commands::rebase::{RebaseOptions, RebaseReport, rebase};
use serde_json::{Map, Value, json};

/// Put a branch on top of another instead of merging the two
///
/// Changes `down_revision` of one file: the lowest revision of the branch that
/// REV belongs to gets HEAD as its parent, and what follows it moves along. The
/// history stays a line, with no merge revision in it.
///
/// Only a branch that is not applied yet can move. With a database configured
/// this is looked up there first; other databases may have it applied
/// nevertheless, so rebase what nobody else has run.
///
///     rev rebase 77c0 --onto 3f2a
///     rev rebase search@head --onto head
///
/// Exit codes: 0 done, 1 the branch is applied, is a merge, or is there already,
/// 7 the database cannot be reached, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// A revision of the branch that moves
    #[arg(value_name = "REV")]
    revision: String,
    /// What it is put on
    #[arg(long, value_name = "HEAD")]
    onto: String,
    /// Do not look at the database
    #[arg(long)]
    offline: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let asks = !args.offline && project.settings().database()?.is_some();
    let rows = if asks {
        Some(
            with_surroundings(context, async |surroundings| {
                current(&project, None, surroundings).await
            })?
            .rows,
        )
    } else {
        None
    };
    let options = RebaseOptions {
        revision: args.revision.clone(),
        onto: args.onto.clone(),
        rows,
    };
    context.show(&Report(rebase(&project, &options)?))
}

struct Report(RebaseReport);

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
        let report = &self.0;
        Ok(object(json!({
            "revision": report.moved.as_str(),
            "before": ids(&report.before),
            "down_revision": [report.onto.as_str()],
            "followers": ids(&report.followers),
            "path": report.shown.display().to_string(),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = &self.0;
        ui.println(report.shown.display())?;
        ui.flush()?;
        let before = report
            .before
            .iter()
            .map(RevisionId::to_string)
            .collect::<Vec<_>>();
        let before = if before.is_empty() {
            "a base".to_owned()
        } else {
            before.join(", ")
        };
        ui.say(format_args!(
            "revision {} follows {} now (before: {before})",
            report.moved, report.onto
        ));
        match report.followers.len() {
            0 => {}
            1 => ui.say(format_args!("{} moves along", report.followers[0])),
            several => ui.say(format_args!("{several} revisions move along")),
        }
        Ok(())
    }
}
