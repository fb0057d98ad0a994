//! `upgrade --backup --validate --restore-on-failure`.

use crate::commands::{backup_json, finding_json, print_findings};
use crate::context::Context;
use crate::failure::Failure;
use crate::live::{self, RunArgs, RunView, with_surroundings};
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::commands::backup::store;
use rev_engine::commands::plan::Planned;
use rev_engine::commands::precautions::{Precautions, Taken, run_with_precautions};
use rev_engine::commands::run::RunOptions;
use rev_engine::runner::{Consent, RunReport};
use rev_engine::validate::{Severity, ValidateOptions};
use rev_engine::{ExitKind, Project};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Precautions around an upgrade.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PrecautionArgs {
    /// Take a backup before the first step [default without a folder: .rev/backups]
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    backup: Option<String>,
    /// Look the database over before and after (as `rev validate`); end with 4 when it became worse
    #[arg(long)]
    validate: bool,
    /// Put the backup back when a step fails after others were committed, or --validate finds new errors; implies --backup
    #[arg(long)]
    restore_on_failure: bool,
}

impl PrecautionArgs {
    /// Returns whether none was asked for.
    pub fn is_empty(&self) -> bool {
        self.backup.is_none() && !self.validate && !self.restore_on_failure
    }

    fn precautions(&self, project: &Project) -> Precautions {
        let folder = self.backup.as_deref().filter(|folder| !folder.is_empty());
        let wanted = self.backup.is_some() || self.restore_on_failure;
        Precautions {
            backup: wanted.then(|| store(project, folder.map(Path::new))),
            validate: self.validate.then(ValidateOptions::default),
            restore_on_failure: self.restore_on_failure,
        }
    }
}

/// Carries an upgrade out with precautions, shows its report, and hands over to the program of `--exec` if all is well.
///
/// # Errors
/// Whatever stopped it.
pub fn carry_out(
    context: &Context,
    args: &RunArgs,
    precautions: &PrecautionArgs,
    planned: Planned<'_>,
) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = RunOptions {
        wait: args.wait.wait(&project)?,
        dry_run: args.dry_run,
        tag: args.tag.clone(),
    };
    let precautions = precautions.precautions(&project);
    let clock = context.clock();
    let (outcome, taken) = with_surroundings(context, async |surroundings| {
        Ok(run_with_precautions(
            &project,
            planned,
            &options,
            Consent::Given,
            &precautions,
            &*clock,
            surroundings,
        )
        .await)
    })?;
    let report = outcome.map_err(|error| Failure::from(error).with_data(taken_json(&taken)))?;
    let exit = context.show(&Guarded { report, taken })?;
    if exit == ExitKind::Done {
        args.hand_over(context)?;
    }
    Ok(exit)
}

fn taken_json(taken: &Taken) -> Map<String, Value> {
    object(json!({
        "backup": taken.backup.as_ref().map(backup_json),
        "worse": taken.worse.iter().map(finding_json).collect::<Vec<_>>(),
        "restored": taken.restored.as_ref().map(|restored| json!({
            "database": restored.database,
            "kept": restored.kept,
        })),
    }))
}

struct Guarded {
    report: RunReport,
    taken: Taken,
}

impl View for Guarded {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let mut object = live::RunView {
            report: &self.report,
        }
        .json()?;
        object.extend(taken_json(&self.taken));
        Ok(object)
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        RunView {
            report: &self.report,
        }
        .text(ui)?;
        if !self.taken.worse.is_empty() {
            ui.println("worse than before:")?;
            print_findings(ui, &self.taken.worse)?;
        }
        Ok(())
    }

    fn exit(&self) -> ExitKind {
        let is_worse = |severity| severity >= Severity::Warning;
        if self
            .taken
            .worse
            .iter()
            .any(|finding| is_worse(finding.severity))
        {
            ExitKind::Drift
        } else {
            ExitKind::Done
        }
    }
}
