//! `rev heads`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::{View, object, revision};
use rev_dag::RevisionId;
use rev_engine::commands::heads::heads;
use rev_engine::{ExitKind, History};
use serde_json::{Map, Value, json};

/// Show the newest revisions: those that nothing follows
///
/// One line a head. More than one means that two branches wait for a merge
/// (`rev merge heads`), unless the project keeps several lines on purpose.
/// Reads files only; no database is needed.
///
///     rev heads
///     3f2a9c1b7d10 (head)  Add user preferences
///
///     rev heads -v                      all that is known of each
///     rev heads --resolve-dependencies  only those no other head depends on
///     rev heads --format json           {"heads": [{"revision": …}], "error": null}
///
/// Exit codes: 0 done, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Leave out heads that another head depends on
    #[arg(long)]
    resolve_dependencies: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let history = context.history(&context.project()?)?;
    let heads = heads(&history, args.resolve_dependencies);
    context.show(&Revisions {
        key: "heads",
        history: &history,
        ids: &heads,
    })
}

/// A list of revisions, a line each, or with `-v` in full.
pub struct Revisions<'a> {
    /// The key of the list in JSON.
    pub key: &'static str,
    /// Where they come from.
    pub history: &'a History,
    /// Which.
    pub ids: &'a [RevisionId],
}

impl View for Revisions<'_> {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(
            json!({self.key: revision::json_list(self.history, self.ids)?}),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        if self.ids.is_empty() {
            ui.say("no revisions yet");
        }
        for (index, id) in self.ids.iter().enumerate() {
            if ui.verbosity() == 0 {
                ui.println(revision::line(self.history, id, ui.out_styles)?)?;
            } else {
                ui.print(if index > 0 { "\n" } else { "" })?;
                ui.print(revision::details(self.history, id, ui.out_styles)?)?;
            }
        }
        Ok(())
    }
}
