//! The library's front door: a Rust service embeds its history and migrates when it starts.
//!
//! ```no_run
//! static HISTORY: rev_engine::Embedded = rev_engine::Embedded::new(&[]); // embed_revisions!("revisions")
//!
//! # async fn start() -> Result<(), rev_engine::EngineError> {
//! # let pool = sqlx::PgPool::connect_lazy("postgres://localhost/shop")?;
//! let migrator = rev_engine::Migrator::new(&HISTORY).connect(&pool);
//! let report = migrator.upgrade("head").await?;
//! println!("{} applied in {:?}", report.applied.len(), report.duration);
//! # Ok(())
//! # }
//! ```
//!
//! The work runs on a thread of its own with its own connections, so it needs no particular runtime and holds up none.
//! Dropping the future cancels the running statement and rolls back: nothing is ever half done.

use crate::commands::plan::Planned;
use crate::error::EngineError;
use crate::events::Event;
use crate::history::History;
use crate::pg::{Address, Books, ConnectOptions, connect};
use crate::ports::SystemIds;
use crate::runner::carry::{Carry, carry, look};
use crate::runner::{Consent, Identity, Interrupt, RunError, RunSettings, stored};
use crate::settings::TransactionScope;
use crate::variables::Variables;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Revision files that are part of the program; made by [`embed_revisions!`](crate::embed_revisions).
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    files: &'static [(&'static str, &'static str)],
}

impl Embedded {
    /// Takes each file's name and text.
    #[must_use]
    pub const fn new(files: &'static [(&'static str, &'static str)]) -> Embedded {
        Embedded { files }
    }

    /// Reads the headers and checks that the graph is sound.
    ///
    /// # Errors
    /// A header that cannot be understood, or an unsound graph.
    pub fn history(&self) -> Result<History, EngineError> {
        History::from_texts(self.files.iter().copied())
    }
}

/// A history on its way to a database.
#[derive(Clone)]
pub struct Migrator {
    history: Embedded,
    settings: RunSettings,
    sink: Arc<dyn Fn(Event) + Send + Sync>,
}

/// A history and its database.
#[derive(Clone)]
pub struct ConnectedMigrator {
    migrator: Migrator,
    connect: ConnectOptions,
}

/// What an upgrade or downgrade did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationReport {
    /// The revisions that were carried out, in order.
    pub applied: Vec<String>,
    /// How many revisions of the history were applied before.
    pub skipped: usize,
    /// The version rows now.
    pub current: Vec<String>,
    /// How long it took.
    pub duration: Duration,
}

/// Where a database stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The version rows.
    pub current: Vec<String>,
    /// The history's heads.
    pub heads: Vec<String>,
    /// What is not applied yet, in order.
    pub pending: Vec<String>,
}

impl Migrator {
    /// Starts with an embedded history and the usual settings.
    #[must_use]
    pub fn new(history: &Embedded) -> Migrator {
        Migrator {
            history: *history,
            settings: RunSettings {
                books: Books {
                    schema: "public".to_owned(),
                    version_table: "rev_version".to_owned(),
                    role: None,
                },
                default_schema: "public".to_owned(),
                lock_timeout: Duration::from_secs(5),
                statement_timeout: Duration::ZERO,
                patience: Duration::from_secs(600),
                scope: TransactionScope::Revision,
            },
            sink: Arc::new(|event| tracing::debug!(?event, "migration")),
        }
    }

    /// Writes unqualified names into this schema; rev's own tables go there too, unless
    /// [`Migrator::version_table`] is called afterwards.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Migrator {
        self.settings.default_schema = schema.into();
        self.settings
            .books
            .schema
            .clone_from(&self.settings.default_schema);
        self
    }

    /// Keeps the version rows in another table.
    #[must_use]
    pub fn version_table(mut self, schema: impl Into<String>, name: impl Into<String>) -> Migrator {
        self.settings.books.schema = schema.into();
        self.settings.books.version_table = name.into();
        self
    }

    /// Does everything as this role; whoever the connection logs in as must be a member of it.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Migrator {
        self.settings.books.role = Some(role.into());
        self
    }

    /// Waits at most so long for a lock on a table before it backs off and tries again.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Migrator {
        self.settings.lock_timeout = timeout;
        self
    }

    /// Waits at most so long for another runner; zero is without limit.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Migrator {
        self.settings.patience = patience;
        self
    }

    /// Receives progress, on the thread that works.
    #[must_use]
    pub fn on_event(mut self, sink: impl Fn(Event) + Send + Sync + 'static) -> Migrator {
        self.sink = Arc::new(sink);
        self
    }

    /// Uses the database that a pool is for; the connections are the migrator's own, none of the pool's is taken.
    #[must_use]
    pub fn connect(self, pool: &sqlx::PgPool) -> ConnectedMigrator {
        let options = pool.connect_options();
        ConnectedMigrator {
            connect: ConnectOptions::of_driver((*options).clone()),
            migrator: self,
        }
    }

    /// Uses the database at an address; what it leaves open comes from the `PG*` variables.
    ///
    /// # Errors
    /// The address cannot be read.
    pub fn connect_to(self, url: &str) -> Result<ConnectedMigrator, EngineError> {
        let variables = Variables::of_process();
        let address = Address::parse(Some(url), &|name| variables.get(name).map(str::to_owned))
            .map_err(RunError::from)?;
        Ok(ConnectedMigrator {
            connect: ConnectOptions::new(address),
            migrator: self,
        })
    }
}

impl ConnectedMigrator {
    /// Goes on trying to connect for so long while the failure can heal.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> ConnectedMigrator {
        self.connect.wait = Some(wait);
        self
    }

    /// Upgrades to a target such as `head`, `heads` or an id.
    ///
    /// # Errors
    /// The history is unsound, the database cannot be reached, or a revision failed and was rolled back.
    pub async fn upgrade(&self, target: &str) -> Result<MigrationReport, EngineError> {
        let target = target.to_owned();
        self.on_own_thread(move |this, interrupt| async move {
            this.carry(Planned::Upgrade(&target), &interrupt).await
        })
        .await
    }

    /// Downgrades to a target such as `-1`, an id or `base`. What loses data is lost: whoever calls this said yes.
    ///
    /// # Errors
    /// As [`ConnectedMigrator::upgrade`], and where a revision has no way back.
    pub async fn downgrade(&self, target: &str) -> Result<MigrationReport, EngineError> {
        let target = target.to_owned();
        self.on_own_thread(move |this, interrupt| async move {
            this.carry(Planned::Downgrade(&target), &interrupt).await
        })
        .await
    }

    /// Reads where the database stands. Writes nothing and takes no lock.
    ///
    /// # Errors
    /// The history is unsound or the database cannot be reached.
    pub async fn status(&self) -> Result<MigrationStatus, EngineError> {
        self.on_own_thread(|this, _| async move {
            let history = this.migrator.history.history()?;
            let mut session = connect(&this.connect).await.map_err(RunError::from)?;
            let state = look(&mut session, &this.migrator.settings.books).await?;
            let place = session.place().to_owned();
            session.close().await;
            let stored = Vec::new();
            let report = crate::commands::current::report(history, place, state.rows, stored);
            let ids = |ids: &[rev_dag::RevisionId]| ids.iter().map(ToString::to_string).collect();
            Ok(MigrationStatus {
                heads: ids(&report.heads),
                pending: ids(&report.pending),
                current: report.rows,
            })
        })
        .await
    }

    async fn carry(
        &self,
        planned: Planned<'_>,
        interrupt: &Interrupt,
    ) -> Result<MigrationReport, EngineError> {
        let mut history = self.migrator.history.history()?;
        let mut session = connect(&self.connect).await.map_err(RunError::from)?;
        let books = &self.migrator.settings.books;
        let state = look(&mut session, books).await?;
        let unknown = stored::unknown_rows(&history, &state.rows);
        if matches!(planned, Planned::Downgrade(_)) && state.has_history && !unknown.is_empty() {
            stored::complete(&mut session, books, &mut history, &unknown).await?;
        }
        let known = state
            .rows
            .iter()
            .filter(|row| history.graph.get(row).is_some());
        let skipped = history.graph.ancestors(known.map(String::as_str)).len();
        let identity = Identity::of(&Variables::of_process(), &SystemIds, Path::new(""));
        let sink = self.migrator.sink.clone();
        let command = Carry {
            connect: &self.connect,
            settings: &self.migrator.settings,
            identity: &identity,
            history: &history,
            planned,
            consent: Consent::Given,
            dry_run: false,
            tag: None,
            around: None,
            events: &move |event| sink(event),
            interrupt,
        };
        let report = carry(&command, session, state).await?;
        Ok(MigrationReport {
            applied: report.steps.into_iter().map(|step| step.revision).collect(),
            skipped,
            current: report.heads_after,
            duration: report.duration,
        })
    }

    /// Runs a future on a thread with a runtime of its own. When the caller loses interest, it is told to stop.
    async fn on_own_thread<T, F>(
        &self,
        work: impl FnOnce(ConnectedMigrator, Interrupt) -> F + Send + 'static,
    ) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>>,
    {
        let (send, receive) = oneshot::channel();
        let interrupt = Interrupt::default();
        let guard = StopOnDrop(interrupt.clone());
        let this = self.clone();
        std::thread::spawn(move || {
            let outcome = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| EngineError::Internal {
                    message: format!("no event loop: {error}"),
                })
                .and_then(|runtime| runtime.block_on(work(this, interrupt)));
            // Nobody is left to tell when the caller went away.
            let _ = send.send(outcome);
        });
        let outcome = receive.await.unwrap_or_else(|_| {
            Err(EngineError::Internal {
                message: "the migration's thread ended early".to_owned(),
            })
        });
        // Too late to stop anything: the work is done, one way or the other.
        drop(guard);
        outcome
    }
}

/// Interrupts a run whose caller dropped the future.
struct StopOnDrop(Interrupt);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.trigger(libc::SIGTERM);
    }
}
