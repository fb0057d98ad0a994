//! `rev autogenerate`.

use crate::commands::revision::NewRevisionArgs;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::autogenerate::{AutogenerateOptions, AutogenerateReport, autogenerate};
use rev_schema::{Rename, RenameQuestion};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Write the revision that leads from the history to the models
///
/// Both are loaded on a dev database and compared, object by object. The file is
/// written only when its upgrade was seen to lead to the models there, and its
/// downgrade back. What was found and the file's path go to stdout.
///
///     rev autogenerate -m "add user preferences"
///     rev autogenerate -m "emails" --rename users.mail=email
///     rev autogenerate -m "who" --default "orders.placed_by='unknown'"
///     rev autogenerate --dry-run
///     rev autogenerate -m "adopt" --from-database
///
/// A likely rename is asked about on a terminal and refused elsewhere, until
/// --rename or --allow-destructive answers. So is what loses data, and a new
/// NOT NULL column that has no default.
///
/// Exit codes: 0 written, or nothing to do; 1 failed, or not proved; 6 a decision
/// is missing; 7 the database is not there; 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    new: NewRevisionArgs,
    #[command(flatten)]
    how: How,
}

/// How the difference is found; `rev revision --autogenerate` takes the same.
#[derive(Debug, Default, clap::Args)]
pub struct How {
    /// Compare with the live database, which must be at head, instead of the history
    #[arg(long)]
    pub from_database: bool,
    /// The new name of something: `table=new`, `table.column=new`, `type.value=new`
    #[arg(long, value_name = "OLD=NEW", value_parser = rename)]
    pub rename: Vec<Rename>,
    /// What fills the rows of a new NOT NULL column: `table.column=expression`
    #[arg(long = "default", value_name = "COLUMN=EXPR", value_parser = pair)]
    pub defaults: Vec<(String, String)>,
    /// Write also what loses data, or fails on a table with rows
    #[arg(long)]
    pub allow_destructive: bool,
    /// Lock-safe forms for tables in use [default: `online` of rev.yaml]
    #[arg(long, overrides_with = "no_online")]
    pub online: bool,
    /// The plain forms: fewer statements, longer locks
    #[arg(long)]
    pub no_online: bool,
    /// Refuse when anything is not modelled, or cannot be reproduced for the proof
    #[arg(long)]
    pub strict: bool,
    /// Write the file although its proof failed
    #[arg(long)]
    pub unproved: bool,
    /// Show what would be written, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("it is written NAME=VALUE".to_owned()),
    }
}

/// `users.mail=email`, or with the kind said: `index:users_mail=users_email`.
pub fn rename(text: &str) -> Result<Rename, String> {
    let (from, to) = pair(text)?;
    let (kind, from) = match from.split_once(':') {
        Some((kind, from)) => (kind.trim().to_owned(), from.trim().to_owned()),
        None => (String::new(), from),
    };
    Ok(Rename { kind, from, to })
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    generate(&args.new, &args.how, context)
}

/// What `rev autogenerate` and `rev revision --autogenerate` do.
pub fn generate(new: &NewRevisionArgs, how: &How, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let ask = |question: &RenameQuestion| ask(context, question);
    let options = AutogenerateOptions {
        new: new.into(),
        from_database: how.from_database,
        renames: how.rename.clone(),
        defaults: how.defaults.iter().cloned().collect::<BTreeMap<_, _>>(),
        allow_destructive: how.allow_destructive,
        online: match (how.online, how.no_online) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
        strict: how.strict,
        unproved: how.unproved,
        dry_run: how.dry_run,
        ask: context.ui.may_ask().then_some(&ask),
    };
    let (clock, ids) = (context.clock(), context.ids());
    let report = context.block_on(autogenerate(&project, &options, &*clock, &*ids, &|event| {
        context.ui.event(event)
    }))?;
    context.show(&Generated {
        report,
        quiet: context.global.quiet,
    })
}

/// Asks whether a name is another's successor; a person who walks away has not answered.
fn ask(context: &Context, question: &RenameQuestion) -> Option<bool> {
    let _ = context.ui.flush();
    let text = format!(
        "Is {} `{}` now called `{}`?",
        question.kind, question.from, question.to
    );
    dialoguer::Confirm::new()
        .with_prompt(text)
        .default(true)
        .interact_opt()
        .ok()
        .flatten()
}

struct Generated {
    report: AutogenerateReport,
    quiet: bool,
}

impl View for Generated {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = &self.report;
        let header = report.new.as_ref().map(|new| &new.header);
        let changes = report.changes.summary.iter().map(|line| {
            json!({"sign": line.sign, "kind": line.kind, "name": line.name, "detail": line.detail})
        });
        let losses: Vec<&str> = report
            .changes
            .destructive
            .iter()
            .map(|loss| loss.what.as_str())
            .collect();
        let hazards = report
            .changes
            .statements
            .iter()
            .flat_map(|statement| &statement.hazards);
        Ok(object(json!({
            "revision": header.map(|header| &header.revision),
            "down_revision": header.map(|header| &header.down_revision),
            "path": report.new.as_ref().map(|new| new.shown.display().to_string()),
            "written": report.written,
            "proved": report.proved,
            "compared_with": report.compared_with,
            "changes": changes.collect::<Vec<_>>(),
            "hazards": hazards.map(|hazard| json!({"code": hazard.code, "message": hazard.message})).collect::<Vec<_>>(),
            "destructive": losses,
            "unmodelled": report.changes.unmodelled,
            "sql": report.text,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = &self.report;
        let Some(new) = &report.new else {
            ui.say(format_args!(
                "no changes: the models agree with {}",
                report.compared_with
            ));
            return Ok(());
        };
        if !self.quiet {
            for line in &report.changes.summary {
                let style = match line.sign {
                    '+' => ui.out_styles.added,
                    '-' => ui.out_styles.removed,
                    _ => ui.out_styles.changed,
                };
                ui.println(paint(style, line))?;
            }
        }
        if report.written {
            ui.println(new.shown.display())?;
        } else {
            ui.println("")?;
            ui.print(&report.text)?;
        }
        ui.flush()?;
        let statements = &report.changes.statements;
        let mut hazards: Vec<&str> = Vec::new();
        for hazard in statements.iter().flat_map(|statement| &statement.hazards) {
            if !hazards.contains(&hazard.message.as_str()) {
                hazards.push(&hazard.message);
            }
        }
        for loss in &report.changes.destructive {
            ui.warn(format_args!("loses {}", loss.what));
        }
        for hazard in hazards {
            ui.detail(format_args!("caution: {hazard}"));
        }
        let proof = if report.proved {
            "up and down were proved on a copy"
        } else {
            "not proved"
        };
        ui.say(format_args!(
            "{}: {} in {}; {proof}, in {:.1} s",
            if report.written {
                "written"
            } else {
                "not written"
            },
            count(report.changes.summary.len(), "change"),
            count(statements.len(), "statement"),
            report.duration.as_secs_f64()
        ));
        Ok(())
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_are_read() {
        let check = |text: &str, kind: &str, from: &str, to: &str| {
            let want = Rename {
                kind: kind.into(),
                from: from.into(),
                to: to.into(),
            };
            assert_eq!(rename(text), Ok(want));
        };
        check("users.mail=email", "", "users.mail", "email");
        check("index: a = b", "index", "a", "b");
        assert!(rename("users.mail").is_err());
        assert!(rename("=x").is_err());
    }
}
