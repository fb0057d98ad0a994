//! What a command gets besides its arguments: the streams, the project, time and chance.

use crate::args::{Format, GlobalArgs};
use crate::commands::Command;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::View;
use chrono::{DateTime, Utc};
use rev_engine::ports::{Clock, CountingIds, IdSource, SystemClock, SystemIds, TickingClock};
use rev_engine::variables::Variables;
use rev_engine::{EngineError, ExitKind, History, Project, ProjectOptions};
use std::future::Future;
use std::mem::ManuallyDrop;

/// What a command gets besides its arguments.
pub struct Context {
    /// Where to write.
    pub ui: Ui,
    /// The global options.
    pub global: GlobalArgs,
}

impl Context {
    /// Returns the surroundings for one command. Nothing is read yet.
    pub fn new(global: GlobalArgs) -> Self {
        Self {
            ui: Ui::new(&global),
            global,
        }
    }

    /// Returns whether stdout is one JSON object.
    pub fn is_json(&self) -> bool {
        self.global.format == Format::Json
    }

    /// Refuses a `--format` that the command does not draw.
    ///
    /// # Errors
    /// A usage error that says who does.
    pub fn check_format(&self, command: &Command) -> Result<(), Failure> {
        let format = self.global.format;
        if matches!(format, Format::Text | Format::Json) || command.formats().contains(&format) {
            return Ok(());
        }
        Err(Failure::usage(
            format!("this command has no format `{}`", format.name()),
            "use `--format text` or `--format json`".to_owned(),
        ))
    }

    /// Returns how the project is to be found.
    pub fn project_options(&self) -> ProjectOptions {
        ProjectOptions {
            directory: std::path::PathBuf::new(),
            config: self.global.config.clone(),
            environment: self.global.environment.clone(),
            database: self.global.database.clone(),
            role: self.global.role.clone(),
            variables: Variables::of_process(),
        }
    }

    /// Opens the project.
    ///
    /// # Errors
    /// There is none, or its settings cannot be used.
    pub fn project(&self) -> Result<Project, EngineError> {
        Project::open(&self.project_options())
    }

    /// Reads the history. It lives as long as the process: giving tens of thousands of small texts back one by one, just
    /// before the process ends, would be felt.
    ///
    /// # Errors
    /// The history is unsound or cannot be read.
    pub fn history(&self, project: &Project) -> Result<ManuallyDrop<History>, EngineError> {
        project.history().map(ManuallyDrop::new)
    }

    /// Returns the clock: the machine's, or for tests one that starts at `REV_TEST_TIME`.
    pub fn clock(&self) -> Box<dyn Clock> {
        match std::env::var("REV_TEST_TIME")
            .ok()
            .and_then(|text| text.parse::<DateTime<Utc>>().ok())
        {
            Some(start) => Box::new(TickingClock::starting_at(start)),
            None => Box::new(SystemClock),
        }
    }

    /// Returns the source of identifiers: the system's, or counted ones when the clock is a test's.
    pub fn ids(&self) -> Box<dyn IdSource> {
        if std::env::var_os("REV_TEST_TIME").is_some() {
            Box::new(CountingIds::default())
        } else {
            Box::new(SystemIds)
        }
    }

    /// Runs a future to its end on this thread. The runtime is made here, so commands that need none pay nothing.
    ///
    /// # Errors
    /// The runtime could not be made, or the future's own.
    pub fn block_on<T>(
        &self,
        future: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime
            .map_err(|error| EngineError::Internal {
                message: format!("no event loop: {error}"),
            })?
            .block_on(future)
    }

    /// Shows a report in the format asked for, and returns how the command ends.
    ///
    /// # Errors
    /// stdout is gone.
    pub fn show(&self, view: &impl View) -> Result<ExitKind, Failure> {
        if self.is_json() {
            let mut object = view.json()?;
            object.entry("error").or_insert(serde_json::Value::Null);
            self.ui
                .println(format_args!("{:#}", serde_json::Value::Object(object)))?;
        } else {
            view.text(&self.ui)?;
        }
        Ok(view.exit())
    }
}
