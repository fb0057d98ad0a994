//! What the commands that change a database share: signals, consent, the report, and what comes after.

use crate::context::Context;
use crate::failure::Failure;
use crate::signals;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::commands::plan::Planned;
use rev_engine::commands::run::{RunOptions, Surroundings, run};
use rev_engine::ports::SystemIds;
use rev_engine::runner::{Consent, Identity, Interrupt, RunReport, RunSettings, offline};
use rev_engine::settings::parse_duration;
use rev_engine::{EngineError, ExitKind, Project};
use serde_json::{Map, Value, json};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// `--wait`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct WaitArgs {
    /// Wait for a database that is not up yet [default without a value: timeouts.wait]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "")]
    pub wait: Option<String>,
}

/// Options of every command that changes a database.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub wait: WaitArgs,
    /// Run everything in one transaction and roll it back
    #[arg(long)]
    pub dry_run: bool,
    /// A word that ends in the history, such as a release
    #[arg(long, value_name = "WORD")]
    pub tag: Option<String>,
    /// Replace this process by the program after `--`, once the database is up to date
    #[arg(long, requires = "program")]
    pub exec: bool,
    /// The program for `--exec`, with its arguments
    #[arg(last = true, value_name = "PROGRAM", requires = "exec")]
    pub program: Vec<OsString>,
}

impl WaitArgs {
    /// Returns how long to wait for the database.
    ///
    /// # Errors
    /// The text is no duration.
    pub fn wait(&self, project: &Project) -> Result<Option<Duration>, Failure> {
        match self.wait.as_deref() {
            None => Ok(None),
            Some("") => Ok(Some(project.settings().timeouts.wait)),
            Some(text) => parse_duration(text).map(Some).map_err(|why| {
                Failure::usage(
                    format!("`--wait {text}`: {why}"),
                    "write it as `--wait 60s`".to_owned(),
                )
            }),
        }
    }
}

impl RunArgs {
    /// Starts the program of `--exec` in place of this process. Returns only when that fails.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn hand_over(&self, context: &Context) -> Result<(), Failure> {
        let Some((program, arguments)) = self.program.split_first() else {
            return Ok(());
        };
        context.ui.flush()?;
        let error = Command::new(program).args(arguments).exec();
        Err(EngineError::io("start", program, error).into())
    }
}

/// Carries a command out, shows its report, and hands over to the program of `--exec`.
///
/// # Errors
/// Whatever stopped it.
pub fn carry_out(
    context: &Context,
    args: &RunArgs,
    planned: Planned<'_>,
    yes: bool,
) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = RunOptions {
        wait: args.wait.wait(&project)?,
        dry_run: args.dry_run,
        tag: args.tag.clone(),
    };
    let ask = |losses: &[String]| ask(&context.ui, losses);
    let consent = if yes {
        Consent::Given
    } else if context.ui.may_ask() {
        Consent::Ask(&ask)
    } else {
        Consent::Missing
    };
    let report = with_surroundings(context, async |surroundings| {
        run(&project, planned, &options, consent, surroundings).await
    })?;
    let exit = context.show(&RunView { report: &report })?;
    args.hand_over(context)?;
    Ok(exit)
}

/// Runs a future that may be stopped by a signal.
///
/// # Errors
/// The future's.
pub fn with_surroundings<T>(
    context: &Context,
    work: impl AsyncFnOnce(Surroundings<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    // A run's name tells it from every other run on the server, in tests as well: never a counted one.
    let ids = SystemIds;
    let events = |event| context.ui.event(event);
    let interrupt = Interrupt::default();
    context.block_on(async {
        signals::forward_to(&interrupt);
        work(Surroundings {
            ids: &ids,
            events: &events,
            interrupt: &interrupt,
        })
        .await
    })
}

/// Asks whether something may be lost.
pub fn ask(ui: &Ui, losses: &[String]) -> bool {
    ui.warn("this loses data:");
    for loss in losses {
        ui.warn(format_args!("  {loss}"));
    }
    dialoguer::Confirm::new()
        .with_prompt("go on?")
        .default(false)
        .interact()
        .unwrap_or(false)
}

/// What a run did.
pub struct RunView<'a> {
    /// The report.
    pub report: &'a RunReport,
}

impl View for RunView<'_> {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = self.report;
        let steps: Vec<Value> = report
            .steps
            .iter()
            .map(|step| {
                let mut step_json = json!({
                    "action": step.action,
                    "revision": step.revision,
                    "message": step.message,
                    "rows_affected": step.rows_affected,
                    "duration_ms": milliseconds(step.duration),
                });
                if !step.skipped.is_empty() {
                    step_json["left_out_statements"] = json!(step.skipped);
                }
                step_json
            })
            .collect();
        Ok(object(json!({
            "from": report.from,
            "steps": steps,
            "heads_after": report.heads_after,
            "notes": report.notes,
            "dry_run": report.dry_run,
            "duration_ms": milliseconds(report.duration),
            "waited_ms": milliseconds(report.waited),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = self.report;
        let styles = ui.out_styles;
        let heads = if report.heads_after.is_empty() {
            "base".to_owned()
        } else {
            report.heads_after.join(", ")
        };
        if report.steps.is_empty() {
            return ui.println(format_args!(
                "nothing to do: the database is at {}",
                paint(styles.revision, heads)
            ));
        }
        let rows: u64 = report.steps.iter().map(|step| step.rows_affected).sum();
        let count = report.steps.len();
        let mut line = format!(
            "{count} revision{} in {}",
            if count == 1 { "" } else { "s" },
            in_words(report.duration)
        );
        if rows > 0 {
            line.push_str(&format!(
                ", {rows} row{} changed",
                if rows == 1 { "" } else { "s" }
            ));
        }
        if report.dry_run {
            return ui.println(format_args!(
                "rehearsed {line}, and rolled back: the database is at {}",
                paint(styles.revision, heads)
            ));
        }
        ui.println(format_args!(
            "{line}: the database is at {}",
            paint(styles.revision, heads)
        ))
    }
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn in_words(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

/// Shows what a command would do to the project's database.
///
/// # Errors
/// The database cannot be reached, or there is no plan.
pub fn show_plan(
    context: &Context,
    args: &RunArgs,
    planned: Planned<'_>,
) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let wait = args.wait.wait(&project)?;
    let (opened, made) = with_surroundings(context, async |surroundings| {
        let mut opened = rev_engine::commands::run::open(&project, wait, surroundings).await?;
        let made = match opened.plan(planned).await {
            Ok(plan) => {
                let steps = rev_engine::commands::preview::preview(&mut opened, &plan).await?;
                Ok((plan, steps))
            }
            Err(error) => Err(error),
        };
        Ok((opened, made))
    })?;
    let rows = &opened.state.rows;
    match made {
        Ok((plan, steps)) => context.show(&crate::view::plan::PlanView {
            history: &opened.history,
            plan: &plan,
            statements: Some(&steps),
        }),
        Err(error) => Err(Failure::from(error).with_data(crate::view::plan::no_plan(rows))),
    }
}

/// Which script is wanted: `--sql`, with a range or rows to start from, or else the database's own rows.
///
/// # Errors
/// There is no plan, or a revision cannot be written as a script.
pub fn write_script(
    context: &Context,
    args: &RunArgs,
    from: Option<&str>,
    planned: Planned<'_>,
) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let range = match planned {
        Planned::Upgrade(target) | Planned::Downgrade(target) => {
            target.contains(':').then_some(target)
        }
        Planned::Stamp { .. } => None,
    };
    let (history, plan) = if let Some(range) = range {
        let history = project.history()?;
        let plan = match planned {
            Planned::Downgrade(_) => history.graph.plan_offline_downgrade(range),
            _ => history.graph.plan_offline_upgrade(range),
        };
        (history, plan.map_err(EngineError::from)?)
    } else if from.is_some() || project.settings().database()?.is_none() {
        let rows = rev_engine::commands::plan::rows_from(from.unwrap_or_default());
        let history = project.history()?;
        let plan = rev_engine::commands::plan::plan(&history.graph, &rows, planned)?;
        (history, plan)
    } else {
        let wait = args.wait.wait(&project)?;
        with_surroundings(context, async |surroundings| {
            let mut opened = rev_engine::commands::run::open(&project, wait, surroundings).await?;
            let plan = opened.plan(planned).await?;
            Ok((opened.history, plan))
        })?
    };
    let settings = RunSettings::of(project.settings());
    let identity = Identity::of(&project.settings().variables, &SystemIds, project.root());
    let tag = args.tag.as_deref();
    if context.is_json() {
        let mut sql = String::new();
        offline::write(&history, &plan, &settings, &identity, tag, &mut |text| {
            sql.push_str(text);
            Ok::<_, Failure>(())
        })?;
        return context.show(&Script(sql));
    }
    offline::write(&history, &plan, &settings, &identity, tag, &mut |text| {
        context.ui.print(text)
    })?;
    Ok(ExitKind::Done)
}

struct Script(String);

impl View for Script {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(json!({"sql": self.0})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        ui.print(&self.0)
    }
}
