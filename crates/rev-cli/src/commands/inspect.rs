//! `rev inspect`.

use crate::commands::diff::source;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::inspect::{ModelFile, inspect};
use serde_json::{Map, Value, json};

/// Print a schema as models: DDL that loads back to the same
///
/// The source is the project's database, or any that `rev diff` takes.
///
///     rev inspect > schema/shop.sql
///     rev inspect history:3f2a
///     rev inspect postgres://localhost/shop
///
/// Exit codes: 0 printed, 1 failed, 7 the database is not there.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// What to print
    #[arg(default_value = "database")]
    source: String,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let source = source(context, &args.source)?;
    let project = context.project()?;
    let files = context.block_on(inspect(&project, &source, &|event| context.ui.event(event)))?;
    context.show(&Printed(files))
}

struct Printed(Vec<ModelFile>);

impl View for Printed {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let files = self
            .0
            .iter()
            .map(|file| json!({"name": file.name, "sql": file.text}));
        Ok(object(json!({"models": files.collect::<Vec<_>>()})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        for (at, file) in self.0.iter().enumerate() {
            if at > 0 {
                ui.println("")?;
            }
            ui.print(&file.text)?;
        }
        Ok(())
    }
}
