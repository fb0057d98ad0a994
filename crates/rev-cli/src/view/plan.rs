//! A plan: what would happen, and the rows after it.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::revision::first_line;
use crate::view::{View, object};
use rev_dag::{Action, Plan, RevisionId};
use rev_engine::commands::plan::{Planned, plan, rows_from};
use rev_engine::{ExitKind, History};
use serde_json::{Map, Value, json};

/// Plans a command from given rows, with no database, and shows the plan: `--plan --from a,b`.
///
/// # Errors
/// What stops the plan; a JSON reader still gets `from` and an empty `steps`.
pub fn from_rows(context: &Context, from: &str, planned: Planned<'_>) -> Result<ExitKind, Failure> {
    let rows = rows_from(from);
    let made = context.project().and_then(|project| {
        let history = project.history()?;
        let plan = plan(&history.graph, &rows, planned)?;
        Ok((history, plan))
    });
    match made {
        Ok((history, plan)) => context.show(&PlanView {
            history: &history,
            plan: &plan,
        }),
        Err(error) => Err(Failure::from(error).with_data(no_plan(&rows))),
    }
}

/// Returns what a JSON reader gets beside the error when there is no plan.
pub fn no_plan(rows: &[String]) -> Map<String, Value> {
    object(json!({"from": rows, "steps": [], "heads_after": rows}))
}

/// A plan as revisions; the statements in it are shown by the commands that run it.
pub struct PlanView<'a> {
    /// Where the revisions come from.
    pub history: &'a History,
    /// The plan.
    pub plan: &'a Plan,
}

impl View for PlanView<'_> {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
        let steps = self.plan.steps.iter().map(
            |step| json!({"action": step.action.as_str(), "revision": step.revision.as_str()}),
        );
        let mut map = object(json!({
            "from": ids(&self.plan.from),
            "steps": steps.collect::<Vec<_>>(),
            "heads_after": ids(&self.plan.heads_after()),
        }));
        if !self.plan.notes.is_empty() {
            map.insert(
                "notes".into(),
                self.plan.notes.iter().map(ToString::to_string).collect(),
            );
        }
        Ok(map)
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let styles = ui.out_styles;
        for note in &self.plan.notes {
            ui.say(note);
        }
        if self.plan.is_empty() {
            ui.println("nothing to do")?;
        }
        for step in &self.plan.steps {
            let style = match step.action {
                Action::Upgrade | Action::Stamp => styles.added,
                Action::Downgrade | Action::Unstamp => styles.removed,
            };
            // A stamp may remove a row whose file is gone.
            let message = self
                .history
                .file(&step.revision)
                .map(|entry| first_line(&entry.header.message))
                .unwrap_or_default();
            ui.println(format_args!(
                "{} {}  {message}",
                paint(style, format_args!("{:9}", step.action)),
                paint(styles.revision, &step.revision)
            ))?;
        }
        let after = self.plan.heads_after();
        let after = if after.is_empty() {
            "base".to_owned()
        } else {
            after
                .iter()
                .map(RevisionId::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        ui.println(format_args!(
            "{} {}",
            paint(styles.dim, "rows after:"),
            paint(styles.revision, after)
        ))
    }
}
