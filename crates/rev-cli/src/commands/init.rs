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
///     rev init --database embedded    with a private Postgres under .rev/
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
        // rev.yaml is committed: a password does not belong into it.
        database: context
            .global
            .database
            .clone()
            .filter(|url| !carries_password(url)),
    };
    context.show(&Report {
        has_database: options.database.is_some(),
        report: init(&options)?,
        directory: args.directory.clone(),
    })
}

fn carries_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let user = authority.split_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.contains("password=")
}

struct Report {
    has_database: bool,
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
        let enter = if self.directory.as_os_str() == "." {
            String::new()
        } else {
            format!("cd {} && ", self.directory.display())
        };
        let next = if self.report.template == "minimal" {
            "rev revision -m \"first\""
        } else {
            "rev autogenerate -m \"first\""
        };
        let first = if self.has_database {
            "Say in schema/ what you want"
        } else {
            "Set DATABASE_URL (or write `database: embedded` in rev.yaml)"
        };
        ui.say(format_args!(
            "{first}, then: {enter}{next} && rev upgrade head"
        ));
        Ok(())
    }
}
