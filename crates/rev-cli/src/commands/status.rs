//! `rev status`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_dag::RevisionId;
use rev_engine::ExitKind;
use rev_engine::commands::status::{StatusReport, status};
use serde_json::{Map, Value, json};

/// Show what is going on: where the database stands, who works on it, what is under way
///
/// Writes nothing and takes no lock, so it may be asked at any time, also while an upgrade runs elsewhere.
///
///     rev status
///     rev status --format json
///
/// Exit codes: 0 done, 7 database unreachable, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    wait: WaitArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let wait = args.wait.wait(&project)?;
    let report = with_surroundings(context, async |surroundings| {
        status(&project, wait, surroundings).await
    })?;
    context.show(&StatusView(report))
}

struct StatusView(StatusReport);

impl View for StatusView {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let current = &self.0.current;
        let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
        let under_way: Vec<Value> = self
            .0
            .under_way
            .iter()
            .map(|item| {
                json!({
                    "revision": item.revision,
                    "action": item.action,
                    "statement": item.statement,
                    "status": item.status,
                    "intent": item.intent,
                    "rows_done": item.rows_done,
                    "estimate": item.estimate,
                    "idle_seconds": item.idle_seconds,
                })
            })
            .collect();
        Ok(object(json!({
            "database": current.place,
            "current": current.rows,
            "heads": ids(&current.heads),
            "pending": ids(&current.pending),
            "unknown": current.unknown,
            "runner": self.0.runner,
            "under_way": under_way,
            "last_failure": self.0.last_failure,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let current = &self.0.current;
        let styles = ui.out_styles;
        let fact = |name: &str, value: String| {
            ui.println(format_args!(
                "{} {value}",
                paint(styles.heading, format_args!("{name}:"))
            ))
        };
        let or = |text: String, empty: &str| {
            if text.is_empty() {
                empty.to_owned()
            } else {
                text
            }
        };
        fact("database", current.place.clone())?;
        fact("at", or(current.rows.join(", "), "base"))?;
        let pending: Vec<String> = current.pending.iter().map(RevisionId::to_string).collect();
        fact(
            "pending",
            match pending.as_slice() {
                [] => "nothing".to_owned(),
                few if few.len() <= 5 => few.join(", "),
                many => format!(
                    "{} revisions, from {} to {}",
                    many.len(),
                    many[0],
                    many[many.len() - 1]
                ),
            },
        )?;
        for row in &current.unknown {
            let stored = current.stored(row);
            let known = stored.map_or_else(String::new, |stored| format!(": {stored}"));
            fact(
                "no file here",
                format!("{}{known}", paint(styles.revision, row)),
            )?;
        }
        fact(
            "runner",
            self.0.runner.clone().unwrap_or_else(|| "none".to_owned()),
        )?;
        for item in &self.0.under_way {
            let estimate = item
                .estimate
                .map(|rows| format!(" of about {rows}"))
                .unwrap_or_default();
            let rows = if item.rows_done > 0 {
                format!(", {}{estimate} rows", item.rows_done)
            } else {
                String::new()
            };
            fact(
                "under way",
                format!(
                    "{} {} statement {} {}{rows}, last sign of life {} s ago: {}",
                    item.action,
                    paint(styles.revision, &item.revision),
                    item.statement,
                    item.status,
                    item.idle_seconds,
                    item.intent
                ),
            )?;
        }
        if let Some(failure) = &self.0.last_failure {
            fact("last failure", failure.clone())?;
        }
        Ok(())
    }
}
