//! `rev branches`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object, revision};
use rev_engine::commands::branches::{Branch, branches};
use rev_engine::{ExitKind, History};
use serde_json::{Map, Value, json};

/// Show where the history branches
///
/// Each branch point with the revisions that follow it, and each labelled line
/// with where it starts. Reads files only.
///
///     rev branches
///     9a0b1c2d3e4f (branch point)  Create users
///       -> 3f2a9c1b7d10 (head)  Add user preferences
///       -> 77c0ffee1234 (search) (head)  Add search
///
///     search starts at 77c0ffee1234 (search) (head)  Add search
///
/// Exit codes: 0 done, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {}

pub fn run(_: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let history = context.project()?.history()?;
    context.show(&Report {
        branches: branches(&history),
        history,
    })
}

struct Report {
    history: History,
    branches: Vec<Branch>,
}

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let mut points = Vec::new();
        for branch in &self.branches {
            let mut point = revision::json(&self.history, &branch.point)?;
            point.insert(
                "children".into(),
                revision::json_list(&self.history, &branch.children)?.into(),
            );
            points.push(Value::Object(point));
        }
        let labels: Map<String, Value> = self
            .history
            .graph
            .branch_labels()
            .into_iter()
            .map(|(label, id)| (label.to_owned(), Value::String(id.to_string())))
            .collect();
        Ok(object(json!({"branch_points": points, "labels": labels})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let styles = ui.out_styles;
        for branch in &self.branches {
            if ui.verbosity() > 0 {
                ui.print(revision::details(&self.history, &branch.point, styles)?)?;
            } else {
                ui.println(revision::line(&self.history, &branch.point, styles)?)?;
            }
            for child in &branch.children {
                ui.println(format_args!(
                    "  -> {}",
                    revision::line(&self.history, child, styles)?
                ))?;
            }
        }
        let labels = self.history.graph.branch_labels();
        if !labels.is_empty() && !self.branches.is_empty() {
            ui.println("")?;
        }
        for (label, id) in &labels {
            let line = revision::line(&self.history, id, styles)?;
            ui.println(format_args!(
                "{} starts at {line}",
                paint(styles.label, label)
            ))?;
        }
        if labels.is_empty() && self.branches.is_empty() {
            ui.say("the history is one line, without labels");
        }
        Ok(())
    }
}
