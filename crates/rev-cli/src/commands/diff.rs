//! `rev diff`.

use crate::commands::autogenerate::rename;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::diff::{DiffReport, DiffRequest, compare};
use rev_engine::rehearsal::Source;
use rev_schema::Rename;
use serde_json::{Map, Value, json};

/// Compare two schemas, and print the SQL that leads from one to the other
///
/// Each side is one of: models, history, history:TARGET, database, empty, a
/// postgres:// URL, a file with DDL, or a folder of such files.
///
///     rev diff                              # what autogenerate would write
///     rev diff history database             # drift
///     rev diff database models
///     rev diff postgres://localhost/a postgres://localhost/b
///     rev diff history:3f2a dump.sql --summary
///
/// Exit codes: 0 no difference, 3 different, 1 failed, 7 the database is not there.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where one stands
    #[arg(default_value = "history")]
    from: String,
    /// Where one wants to be
    #[arg(default_value = "models")]
    to: String,
    /// Only say what differs, without the SQL
    #[arg(long)]
    summary: bool,
    /// Prefer lock-safe forms
    #[arg(long)]
    online: bool,
    /// The new name of something: `table=new`, `table.column=new`
    #[arg(long, value_name = "OLD=NEW", value_parser = rename)]
    rename: Vec<Rename>,
}

/// Reads one side; what is no source is a usage error.
pub fn source(context: &Context, text: &str) -> Result<Source, Failure> {
    let project = context.project()?;
    Source::parse(text, project.start()).map_err(|message| Failure::usage(message, None))
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let request = DiffRequest {
        from: source(context, &args.from)?,
        to: source(context, &args.to)?,
        renames: args.rename.clone(),
        online: args.online,
    };
    let project = context.project()?;
    let report = context.block_on(compare(&project, &request, &|event| {
        context.ui.event(event)
    }))?;
    context.show(&Difference {
        report,
        summary: args.summary,
    })
}

struct Difference {
    report: DiffReport,
    summary: bool,
}

impl View for Difference {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let changes = &self.report.changes;
        let lines = changes.summary.iter().map(|line| {
            json!({"sign": line.sign, "kind": line.kind, "name": line.name, "detail": line.detail})
        });
        let statements: Vec<&str> = changes
            .statements
            .iter()
            .map(|statement| statement.sql.as_str())
            .collect();
        Ok(object(json!({
            "from": self.report.from,
            "to": self.report.to,
            "different": !changes.is_empty(),
            "changes": lines.collect::<Vec<_>>(),
            "statements": statements,
            "unmodelled": changes.unmodelled,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let changes = &self.report.changes;
        if !changes.unmodelled.is_empty() {
            ui.warn(format_args!(
                "not compared, because rev does not model it: {}",
                changes.unmodelled.join(", ")
            ));
        }
        if changes.is_empty() {
            ui.say(format_args!(
                "no difference between {} and {}",
                self.report.from, self.report.to
            ));
            return Ok(());
        }
        for line in &changes.summary {
            let style = match line.sign {
                '+' => ui.out_styles.added,
                '-' => ui.out_styles.removed,
                _ => ui.out_styles.changed,
            };
            // The summary is a comment of the script, so that the whole output runs.
            let text = if self.summary {
                line.to_string()
            } else {
                format!("-- {line}")
            };
            ui.println(paint(style, text))?;
        }
        if !self.summary {
            for statement in &changes.statements {
                ui.println(format_args!("\n{};", statement.sql.trim_end()))?;
            }
        }
        Ok(())
    }

    fn exit(&self) -> ExitKind {
        if self.report.changes.is_empty() {
            ExitKind::Done
        } else {
            ExitKind::Pending
        }
    }
}
