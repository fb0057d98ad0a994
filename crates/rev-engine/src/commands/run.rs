//! What `upgrade`, `downgrade` and `stamp` share: a plan carried out on a live database.

use crate::commands::plan::{Planned, plan};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::history::History;
use crate::pg::{ConnectOptions, Session, State, connect_noting, connect_options};
use crate::ports::IdSource;
use crate::project::Project;
use crate::runner::around::Around;
use crate::runner::carry::{Carry, carry, look};
use crate::runner::stored;
use crate::runner::{Consent, Identity, Interrupt, RunError, RunReport, RunSettings};
use rev_dag::Plan;
use std::time::{Duration, Instant};

/// How a plan is carried out.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// How long to wait for a database that is not up yet.
    pub wait: Option<Duration>,
    /// Roll everything back at the end.
    pub dry_run: bool,
    /// Ends in the history.
    pub tag: Option<String>,
}

/// What the engine gets from outside while it works.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Chance.
    pub ids: &'a dyn IdSource,
    /// Progress.
    pub events: EventSink<'a>,
    /// Signals.
    pub interrupt: &'a Interrupt,
}

/// Carries a command out on the project's database.
///
/// # Errors
/// The history is unsound, the database cannot be reached, the target has no meaning there, or a step failed; the
/// steps before it are done and stay done.
pub async fn run(
    project: &Project,
    planned: Planned<'_>,
    options: &RunOptions,
    consent: Consent<'_>,
    surroundings: Surroundings<'_>,
) -> Result<RunReport, EngineError> {
    run_around(project, planned, options, consent, surroundings, None).await
}

/// [`run`], with something done around it while the lock is held.
///
/// # Errors
/// As [`run`], and what is done around it.
pub async fn run_around(
    project: &Project,
    planned: Planned<'_>,
    options: &RunOptions,
    consent: Consent<'_>,
    surroundings: Surroundings<'_>,
    around: Option<&dyn Around>,
) -> Result<RunReport, EngineError> {
    let mut opened = open(project, options.wait, surroundings).await?;
    if matches!(planned, Planned::Downgrade(_)) {
        opened.take_in_stored().await?;
    }
    let identity = Identity::of(
        &project.settings().variables,
        surroundings.ids,
        project.root(),
    );
    let command = Carry {
        connect: &opened.connect,
        settings: &opened.settings,
        identity: &identity,
        history: &opened.history,
        planned,
        consent,
        dry_run: options.dry_run,
        tag: options.tag.as_deref(),
        around,
        events: surroundings.events,
        interrupt: surroundings.interrupt,
    };
    carry(&command, opened.session, opened.state).await
}

/// A project's database and history, both just looked at.
pub struct Opened {
    /// How it was reached.
    pub connect: ConnectOptions,
    /// The connection.
    pub session: Session,
    /// What the database says.
    pub state: State,
    /// The revisions.
    pub history: History,
    /// What a run needs to know.
    pub settings: RunSettings,
}

impl Opened {
    /// Plans a command from the database's own rows; a downgrade may start from revisions that only the database knows.
    ///
    /// # Errors
    /// The target has no meaning here, or a row is unknown: what the database knows of it is said.
    pub async fn plan(&mut self, planned: Planned<'_>) -> Result<Plan, EngineError> {
        if matches!(planned, Planned::Downgrade(_)) {
            self.take_in_stored().await?;
        }
        match plan(&self.history.graph, &self.state.rows, planned) {
            Ok(plan) => Ok(plan),
            Err(error) if self.state.has_history => {
                Err(stored::explain(&mut self.session, &self.settings.books, error).await)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes revisions that have no file here part of the history, from what the database kept of them.
    ///
    /// # Errors
    /// The database kept nothing, or not enough.
    pub(crate) async fn take_in_stored(&mut self) -> Result<(), EngineError> {
        let unknown = stored::unknown_rows(&self.history, &self.state.rows);
        if unknown.is_empty() || !self.state.has_history {
            return Ok(());
        }
        let books = &self.settings.books;
        stored::complete(&mut self.session, books, &mut self.history, &unknown).await
    }
}

/// Connects and looks, while another thread reads the revision files.
///
/// # Errors
/// The history is unsound or the database cannot be reached; whichever is known first.
pub async fn open(
    project: &Project,
    wait: Option<Duration>,
    surroundings: Surroundings<'_>,
) -> Result<Opened, EngineError> {
    let settings = RunSettings::of(project.settings());
    let connect = connect_options(project, wait)?;
    let reading = {
        let project = project.clone();
        tokio::task::spawn_blocking(move || project.history())
    };
    let history = async {
        reading.await.unwrap_or_else(|_| {
            Err(EngineError::Internal {
                message: "reading the revisions stopped".into(),
            })
        })
    };
    let looking = async {
        let mut session = connect_waiting(&connect, surroundings).await?;
        let state = look(&mut session, &settings.books).await?;
        Ok::<_, EngineError>((session, state))
    };
    let (history, (session, state)) = tokio::try_join!(history, looking)?;
    Ok(Opened {
        connect,
        session,
        state,
        history,
        settings,
    })
}

/// Connects, telling what is waited for, and stops waiting at a signal.
///
/// # Errors
/// The database cannot be reached, or a signal came.
pub async fn connect_waiting(
    options: &ConnectOptions,
    surroundings: Surroundings<'_>,
) -> Result<Session, EngineError> {
    let started = Instant::now();
    let mut said = None::<Instant>;
    let mut note = |error: &crate::pg::ConnectError| {
        if said.is_none_or(|moment| moment.elapsed() > Duration::from_secs(5)) {
            said = Some(Instant::now());
            (surroundings.events)(Event::Waiting {
                what: format!("the database: {error}"),
                waited: started.elapsed(),
            });
        }
    };
    tokio::select! {
        session = connect_noting(options, &mut note) => Ok(session.map_err(RunError::from)?),
        signal = surroundings.interrupt.wait() => Err(EngineError::Interrupted { signal }),
    }
}
