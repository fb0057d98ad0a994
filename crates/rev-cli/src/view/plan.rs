//! A plan: what would happen, and the rows after it.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::revision::first_line;
use crate::view::{View, object};
use rev_dag::{Action, Plan, RevisionId};
use rev_engine::commands::plan::{Planned, plan, rows_from};
use rev_engine::commands::preview::{StatementPreview, StepPreview};
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
            statements: None,
        }),
        Err(error) => Err(Failure::from(error).with_data(no_plan(&rows))),
    }
}

/// Returns what a JSON reader gets beside the error when there is no plan.
pub fn no_plan(rows: &[String]) -> Map<String, Value> {
    object(json!({"from": rows, "steps": [], "heads_after": rows}))
}

/// A plan as revisions, and with a database at hand as statements too.
pub struct PlanView<'a> {
    /// Where the revisions come from.
    pub history: &'a History,
    /// The plan.
    pub plan: &'a Plan,
    /// What each step would run, where a database was asked.
    pub statements: Option<&'a [StepPreview]>,
}

impl View for PlanView<'_> {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::to_string).collect::<Vec<_>>();
        let steps = self.plan.steps.iter().enumerate().map(|(index, step)| {
            let mut map =
                json!({"action": step.action.as_str(), "revision": step.revision.as_str()});
            if let Some(previews) = self.statements {
                let statements = previews[index].statements.iter().map(statement_json);
                map["statements"] = statements.collect();
            }
            map
        });
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
        for (index, step) in self.plan.steps.iter().enumerate() {
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
            for statement in self
                .statements
                .map_or(&[][..], |all| &all[index].statements)
            {
                statement_text(ui, statement)?;
            }
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

fn statement_text(ui: &Ui, statement: &StatementPreview) -> Result<(), Failure> {
    let styles = ui.out_styles;
    ui.println(format_args!("    {}", rev_sql::summary(&statement.sql)))?;
    let detail = |style: anstyle::Style, text: String| {
        ui.println(format_args!("        {}", paint(style, text)))
    };
    if let Some(why) = &statement.alone {
        detail(
            styles.dim,
            format!("runs alone: {why} refuses a transaction"),
        )?;
    }
    if statement.batch {
        detail(styles.dim, "runs in batches, each committed".to_owned())?;
    }
    let locks = &statement.locks;
    if !locks.known || !locks.taken.is_empty() {
        let style = if locks.stalls() {
            styles.changed
        } else {
            styles.dim
        };
        detail(style, locks.to_string())?;
    }
    for loss in &statement.losses {
        detail(styles.removed, loss.clone())?;
    }
    for table in &statement.tables {
        let rows = match table.rows {
            Some(rows) => format!("about {rows} rows, "),
            None => String::new(),
        };
        detail(
            styles.dim,
            format!("{}: {rows}{}", table.name, size(table.bytes)),
        )?;
    }
    Ok(())
}

/// Returns a number of bytes as people say it.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let (mut number, mut unit) = (bytes, 0);
    while number >= 10 * 1024 && unit + 1 < UNITS.len() {
        number /= 1024;
        unit += 1;
    }
    format!("{number} {}", UNITS[unit])
}

fn statement_json(statement: &StatementPreview) -> Value {
    let locks = statement.locks.taken.iter().map(|lock| {
        json!({
            "relation": lock.relation.to_string(),
            "mode": lock.mode.name(),
            "blocks": lock.mode.blocks(),
        })
    });
    let tables = statement
        .tables
        .iter()
        .map(|table| json!({"name": table.name, "rows": table.rows, "bytes": table.bytes}));
    json!({
        "line": statement.line,
        "sql": statement.sql,
        "runs_alone": statement.alone,
        "batch": statement.batch,
        "locks": locks.collect::<Vec<_>>(),
        "locks_known": statement.locks.known,
        "work": statement.locks.work.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "loses": statement.losses,
        "tables": tables.collect::<Vec<_>>(),
    })
}
