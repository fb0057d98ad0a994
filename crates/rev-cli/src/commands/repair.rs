//! `rev repair`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_dag::RevisionId;
use rev_engine::ExitKind;
use rev_engine::commands::repair::{RepairOptions, repair};
use serde_json::{Map, Value, json};

/// Accept that the file of an applied revision was changed on purpose
///
/// `upgrade` stops when the statements of an applied revision are no longer those that ran. This writes the file's
/// present statements into the history as a line of its own, with the reason; nothing else changes, and nothing runs.
///
///     rev repair --reason "typo in a comment column"
///     rev repair 3f2a9c1b7d10 --reason "index was renamed by hand"
///
/// Exit codes: 0 done or nothing to do, 5 lock not obtained, 7 database unreachable, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// These revisions; without any, all that changed
    #[arg(value_name = "REVISION")]
    revisions: Vec<String>,
    /// Why; ends in the history
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    wait: WaitArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = RepairOptions {
        revisions: args.revisions.clone(),
        reason: args.reason.clone(),
        wait: args.wait.wait(&project)?,
    };
    let repaired = with_surroundings(context, async |surroundings| {
        repair(&project, &options, surroundings).await
    })?;
    context.show(&Repaired(repaired))
}

struct Repaired(Vec<RevisionId>);

impl View for Repaired {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let ids: Vec<String> = self.0.iter().map(RevisionId::to_string).collect();
        Ok(object(json!({"repaired": ids})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        if self.0.is_empty() {
            return ui.println("nothing to do: every applied revision is as it ran");
        }
        for id in &self.0 {
            ui.println(format_args!(
                "accepted {} as its file is now",
                paint(ui.out_styles.revision, id)
            ))?;
        }
        Ok(())
    }
}
