//! `rev init`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::init::{InitOptions, InitReport, init};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Start a project
///
/// Writes rev.yaml, a first model to edit under schema/ and an empty revisions/
/// into a folder. Files that are there already are never touched: if one of
/// them is in the way, it is named and nothing is written.
///
///     rev init                        here
///     rev init shop                   in a folder of its own
///     rev init --template minimal     see `rev list-templates`
///
/// Next: say in schema/ what you want, then `rev autogenerate -m "first"` and
/// `rev upgrade head`.
///
/// Exit codes: 0 done, 1 a file is in the way or cannot be written.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Folder to set up
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// What to write
    #[arg(short, long, value_name = "NAME")]
    template: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let options = InitOptions {
        directory: args.directory.clone(),
        template: args.template.clone(),
    };
    context.show(&Report {
        report: init(&options)?,
        directory: args.directory.clone(),
    })
}

struct Report {
    report: InitReport,
    directory: PathBuf,
}

impl Report {
    fn shown(&self, path: &std::path::Path) -> String {
        path.strip_prefix(".").unwrap_or(path).display().to_string()
    }
}

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let shown = |paths: &[PathBuf]| {
            paths
                .iter()
                .map(|path| self.shown(path))
                .collect::<Vec<_>>()
        };
        Ok(object(
            json!({"template": self.report.template, "files": shown(&self.report.files), "folders": shown(&self.report.folders)}),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let plus = paint(ui.out_styles.added, "+");
        for path in &self.report.folders {
            ui.println(format_args!("{plus} {}/", self.shown(path)))?;
        }
        for path in &self.report.files {
            ui.println(format_args!("{plus} {}", self.shown(path)))?;
        }
        ui.flush()?;
        let enter = if self.directory == PathBuf::from(".") {
            String::new()
        } else {
            format!("cd {} && ", self.directory.display())
        };
        let next = if self.report.template == "minimal" {
            "rev revision -m \"first\""
        } else {
            "rev autogenerate -m \"first\""
        };
        ui.say(format_args!("Set DATABASE_URL (or write `database: embedded`), then: {enter}{next} && rev upgrade head"));
        Ok(())
    }
}
