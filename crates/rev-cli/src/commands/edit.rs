//! `rev edit`.

use crate::commands::history::looked_at;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::edit::edit;
use rev_engine::commands::show::named;
use rev_engine::variables::Variables;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Open a revision's file in your editor
///
/// Uses $VISUAL, else $EDITOR. When the editor is closed, the file and the graph
/// are read again, and what does not fit any more is said at once.
///
///     rev edit head
///     rev edit 3f2a
///
/// Exit codes: 0 done, 1 no such revision or no editor, 8 the file cannot be used
/// as it was left.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: an id, a label, `head`, `billing@head`, `head-1`, `current` …
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: String,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let (history, rows) = looked_at(context, &project, args.target.contains("current"))?;
    let ids = named(&history, &args.target, &rows.unwrap_or_default())?;
    let files = edit(&project, &history, &ids, &Variables::of_process())?;
    context.show(&Edited(files))
}

struct Edited(Vec<PathBuf>);

impl View for Edited {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let files = self.0.iter().map(|file| file.display().to_string());
        Ok(object(json!({"files": files.collect::<Vec<_>>()})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        for file in &self.0 {
            ui.say(format_args!("{} reads well", file.display()));
        }
        Ok(())
    }
}
