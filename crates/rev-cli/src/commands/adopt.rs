//! `rev adopt`.

use crate::commands::revision::NewRevisionArgs;
use crate::context::Context;
use crate::failure::Failure;
use crate::live;
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::adopt::{AdoptOptions, AdoptReport, adopt};
use rev_engine::new_revision::NewRevisionOptions;
use serde_json::{Map, Value, json};

/// Take over a database that is already there
///
/// Its schema becomes models, a first revision that would make it, and a stamp that
/// says so. Before anything is written, models and revision are loaded on a dev
/// database and compared with the real one. The database gets rev's own tables and
/// nothing else.
///
///     rev adopt -d postgres://localhost/shop -m "baseline"
///
/// Exit codes: 0 done, 1 failed, 6 something could not be reproduced or there is a
/// history already, 7 the database is not there.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    new: NewRevisionArgs,
    /// Go on although something could not be reproduced
    #[arg(long)]
    unproved: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let mut new: NewRevisionOptions = (&args.new).into();
    if new.message.is_empty() {
        new.message = "baseline".to_owned();
    }
    let options = AdoptOptions {
        new,
        unproved: args.unproved,
    };
    let clock = context.clock();
    let report = live::with_surroundings(context, async |surroundings| {
        adopt(&project, &options, &*clock, surroundings.ids, surroundings).await
    })?;
    context.show(&Adopted(report))
}

struct Adopted(AdoptReport);

impl View for Adopted {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = &self.0;
        let models = report.models.iter().map(|path| path.display().to_string());
        Ok(object(json!({
            "revision": report.baseline.header.revision,
            "path": report.baseline.shown.display().to_string(),
            "models": models.collect::<Vec<_>>(),
            "missing": report.missing,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        for path in &self.0.models {
            ui.println(path.display())?;
        }
        ui.println(self.0.baseline.shown.display())?;
        ui.flush()?;
        ui.say(format_args!(
            "adopted: models, revision {} and database agree",
            self.0.baseline.header.revision
        ));
        Ok(())
    }
}
