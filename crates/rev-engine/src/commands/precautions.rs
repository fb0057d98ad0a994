//! `upgrade --backup --validate --restore-on-failure`: a backup before the first step, the health of the database before and
//! after, and the way back where a transaction alone does not lead there.
//!
//! All of it happens under the runner's lock, and none of it where there is nothing to do: fifty replicas that start with
//! these options take one backup.

use super::plan::Planned;
use super::run::{RunOptions, Surroundings, run_around};
use super::validate::for_project;
use crate::backup::{
    self, Backup, BackupError, CreateOptions, RestoreOptions, RestoreReport, Store,
};
use crate::error::EngineError;
use crate::events::{Event, ignore};
use crate::pg::{ConnectOptions, connect, connect_options};
use crate::ports::Clock;
use crate::project::Project;
use crate::runner::around::{Around, Later};
use crate::runner::carry::look;
use crate::runner::{Consent, RunError, RunReport, RunSettings};
use crate::validate::{Finding, Report, Severity, ValidateOptions, validate};
use std::cell::RefCell;

/// What is done around an upgrade.
#[derive(Debug, Clone, Default)]
pub struct Precautions {
    /// Take a backup into this folder before the first step.
    pub backup: Option<Store>,
    /// Look the database over before and after.
    pub validate: Option<ValidateOptions>,
    /// Put the backup back when a step failed and something was committed, or when the database became worse.
    pub restore_on_failure: bool,
}

impl Precautions {
    /// Returns whether there are any.
    pub fn is_empty(&self) -> bool {
        self.backup.is_none() && self.validate.is_none()
    }
}

/// What came of them, also where the run failed.
#[derive(Debug, Default)]
pub struct Taken {
    /// The backup, if there was anything to do.
    pub backup: Option<Backup>,
    /// What is worse than before.
    pub worse: Vec<Finding>,
    /// The restore, if there was one.
    pub restored: Option<RestoreReport>,
}

/// Carries a command out with precautions.
pub async fn run_with_precautions(
    project: &Project,
    planned: Planned<'_>,
    options: &RunOptions,
    consent: Consent<'_>,
    precautions: &Precautions,
    clock: &dyn Clock,
    surroundings: Surroundings<'_>,
) -> (Result<RunReport, EngineError>, Taken) {
    let connect = match connect_options(project, options.wait) {
        Ok(connect) => connect,
        Err(error) => return (Err(error), Taken::default()),
    };
    let watch = Watch {
        project,
        connect,
        settings: RunSettings::of(project.settings()),
        precautions,
        clock,
        surroundings,
        before: RefCell::default(),
        taken: RefCell::default(),
    };
    let outcome = run_around(
        project,
        planned,
        options,
        consent,
        surroundings,
        Some(&watch),
    )
    .await;
    (outcome, watch.taken.into_inner())
}

struct Watch<'a> {
    project: &'a Project,
    connect: ConnectOptions,
    settings: RunSettings,
    precautions: &'a Precautions,
    clock: &'a dyn Clock,
    surroundings: Surroundings<'a>,
    before: RefCell<Option<Report>>,
    taken: RefCell<Taken>,
}

impl Around for Watch<'_> {
    fn before(&self) -> Later<'_, Result<(), EngineError>> {
        Box::pin(async {
            tokio::select! {
                outcome = self.prepare() => outcome,
                signal = self.surroundings.interrupt.wait() => Err(EngineError::Interrupted { signal }),
            }
        })
    }

    fn after(&self) -> Later<'_, Result<(), EngineError>> {
        Box::pin(async {
            let before = self.before.borrow_mut().take();
            let (Some(options), Some(before)) = (&self.precautions.validate, before) else {
                return Ok(());
            };
            let worse = self.look_over(options).await?.worse_than(&before);
            let graver = worse
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            let lines: Vec<_> = worse
                .iter()
                .map(|finding| format!("{} {}", finding.object, finding.message))
                .collect();
            self.taken.borrow_mut().worse = worse;
            if !graver || !self.precautions.restore_on_failure {
                return Ok(());
            }
            self.put_back("the database became worse").await?;
            Err(BackupError::BecameWorse { findings: lines }.into())
        })
    }

    fn failed<'a>(&'a self, _: &'a EngineError) -> Later<'a, ()> {
        Box::pin(async {
            if self.taken.borrow().restored.is_some() {
                return;
            }
            if !self.precautions.restore_on_failure {
                if let Some(backup) = &self.taken.borrow().backup {
                    self.note(format!(
                        "the state before the upgrade can be put back: rev restore {}",
                        backup.dump().display()
                    ));
                }
                return;
            }
            match self.left_something().await {
                Ok(true) => {
                    if let Err(error) = self
                        .put_back("a step failed after others were committed")
                        .await
                    {
                        self.warn(format!("the backup could not be put back: {error}"));
                    }
                }
                Ok(false) => {
                    self.note("everything was rolled back; the backup is not needed".to_owned())
                }
                Err(error) => self.warn(format!("the backup was not put back: {error}")),
            }
        })
    }
}

impl Watch<'_> {
    async fn prepare(&self) -> Result<(), EngineError> {
        // A run whose connection broke comes here again; its first backup is the one of the state before.
        if let Some(store) = &self.precautions.backup
            && self.taken.borrow().backup.is_none()
        {
            let backup = backup::create(
                &self.connect,
                &self.settings.books,
                store,
                &CreateOptions {
                    note: Some("before upgrade".to_owned()),
                    ..CreateOptions::default()
                },
                self.clock,
                self.surroundings.events,
            )
            .await?;
            self.note(format!("backup: {}", backup.dump().display()));
            self.taken.borrow_mut().backup = Some(backup);
        }
        if let Some(options) = &self.precautions.validate
            && self.before.borrow().is_none()
        {
            let report = self.look_over(options).await?;
            *self.before.borrow_mut() = Some(report);
        }
        Ok(())
    }

    async fn look_over(&self, options: &ValidateOptions) -> Result<Report, EngineError> {
        let mut session = connect(&self.connect).await.map_err(RunError::from)?;
        let options = for_project(self.project, options);
        let report = validate(&mut session, &options, &ignore).await?;
        session.close().await;
        Ok(report)
    }

    /// Whether the failed run left more behind than rolled back transactions.
    async fn left_something(&self) -> Result<bool, EngineError> {
        let Some(revisions) = self
            .taken
            .borrow()
            .backup
            .as_ref()
            .map(|backup| backup.manifest.revisions.clone())
        else {
            return Ok(false);
        };
        let books = &self.settings.books;
        let mut session = connect(&self.connect).await.map_err(RunError::from)?;
        let state = look(&mut session, books).await?;
        let mut left = state.rows != revisions;
        if state.has_progress && !left {
            let query = format!(
                "SELECT EXISTS (SELECT FROM {})",
                books.quoted("rev_progress")
            );
            let rows = books
                .rows(&mut session, &query)
                .await
                .map_err(|error| RunError::bookkeeping("read rev_progress", error))?;
            left = rows.first().is_some_and(|row| row.is_true(0));
        }
        session.close().await;
        Ok(left)
    }

    async fn put_back(&self, why: &str) -> Result<(), EngineError> {
        let Some(backup) = self.taken.borrow().backup.clone() else {
            return Ok(());
        };
        self.warn(format!(
            "{why}: putting the backup {} back",
            backup.manifest.name
        ));
        let report = backup::restore(
            &backup,
            &self.connect,
            &RestoreOptions::default(),
            Consent::Given,
            self.clock,
            self.surroundings.events,
            self.surroundings.interrupt,
        )
        .await?;
        if let Some(kept) = &report.kept {
            self.warn(format!(
                "the database is as it was before the upgrade; the failed one is kept as {kept}"
            ));
        }
        self.taken.borrow_mut().restored = Some(report);
        Ok(())
    }

    fn note(&self, message: String) {
        (self.surroundings.events)(Event::Note { message });
    }

    fn warn(&self, message: String) {
        (self.surroundings.events)(Event::Warning { message });
    }
}
