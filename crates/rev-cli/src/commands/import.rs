//! `rev import`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use clap::builder::PossibleValuesParser;
use rev_engine::ExitKind;
use rev_engine::commands::import::{ImportOptions, ImportReport, import};
use rev_engine::import::Tool;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Take over the SQL migrations of another tool as revisions
///
/// Reads the folder of dbmate, goose, golang-migrate, sqlx, Flyway or refinery, and writes one revision a migration, in
/// the tool's order, in a line that follows the head. Before a file is written everything is run on the dev
/// database, forwards and backwards. The other tool's files and tables are not touched.
///
///     rev import db/migrations
///     rev import db/migrations --dry-run
///     rev import migrations --from goose
///
/// A database that has all of them is then taken over with `rev stamp head`; one that has some, with
/// `rev stamp REVISION` of the last it has, by the list that is printed.
///
/// Exit codes: 0 done, 1 a file cannot be carried over or a statement fails, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Folder with the other tool's files
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The other tool [default: as the files tell]
    #[arg(long, value_name = "TOOL", value_parser = tools())]
    from: Option<String>,
    /// Show what would be written, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not run anything on the dev database
    #[arg(long)]
    unproved: bool,
}

fn tools() -> PossibleValuesParser {
    Tool::ALL.map(Tool::name).to_vec().into()
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = ImportOptions {
        folder: args.folder.clone(),
        tool: Tool::ALL
            .into_iter()
            .find(|tool| args.from.as_deref() == Some(tool.name())),
        unproved: args.unproved,
        dry_run: args.dry_run,
    };
    let (clock, ids) = (context.clock(), context.ids());
    let events = |event| context.ui.event(event);
    let report = context.block_on(import(&project, &options, &*clock, &*ids, &events))?;
    context.show(&Report(report))
}

struct Report(ImportReport);

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = &self.0;
        let revisions: Vec<_> = report
            .revisions
            .iter()
            .map(|one| {
                json!({
                    "version": one.version,
                    "source": one.source,
                    "revision": one.revision,
                    "path": one.file,
                    "reversible": one.reversible,
                })
            })
            .collect();
        Ok(object(json!({
            "tool": report.tool.name(),
            "revisions": revisions,
            "proved": report.proved,
            "written": report.written,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = &self.0;
        let width = report
            .revisions
            .iter()
            .map(|one| one.source.display().to_string().chars().count())
            .max()
            .unwrap_or(0);
        for one in &report.revisions {
            ui.println(format_args!(
                "{:width$}  {}  {}",
                one.source.display().to_string(),
                paint(ui.out_styles.revision, &one.revision),
                one.file.display(),
            ))?;
        }
        ui.flush()?;
        for sentence in &report.proved {
            ui.say(format_args!(
                "{} {sentence}",
                paint(ui.err_styles.applied, "✓")
            ));
        }
        if report.written {
            ui.say(format_args!(
                "a database that has them all by `{}`: rev stamp head",
                report.tool.version_table()
            ));
        } else {
            ui.say("nothing was written: --dry-run");
        }
        Ok(())
    }
}
