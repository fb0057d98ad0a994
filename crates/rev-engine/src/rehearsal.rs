//! A rehearsal: the schemas that a command compares, brought to one kind of server and read there.
//!
//! The models, the history and a live database all end as a [`Side`]: a catalogue, and where one was needed, the scratch
//! database that it was read from. The dev database is started only when something must really be loaded: catalogues
//! of texts that did not change since the last run come from a cache.

mod cache;
mod proof;
mod replay;
mod run;
mod source;

use std::path::PathBuf;
use std::time::Duration;

use rev_dag::RevisionId;
use rev_schema::{Catalog, DiffOptions, Scope, diff};
use sha2::{Digest, Sha256};

pub(crate) use proof::prove;
pub use proof::{Proof, differences};
pub(crate) use replay::{order, upgrade};
pub use run::RehearsalFailure;
pub(crate) use run::{Ground, Section, run};
pub use source::Source;

use crate::catalog;
use crate::dev_database::{DevDatabase, DevOptions, Embedded, ScratchDatabase};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::history::History;
use crate::models::{LoadOptions, ModelScript, Models, load};
use crate::pg::open::connect_options;
use crate::pg::{Address, ConnectOptions, Session, connect};
use crate::project::Project;
use crate::settings::Database;

/// One of the schemas that are compared.
#[derive(Debug)]
pub struct Side {
    /// What it holds.
    pub catalog: Catalog,
    /// Where it was loaded; `None` for a live database and for what came from the cache.
    pub database: Option<ScratchDatabase>,
    /// The revisions that were replayed for it.
    pub revisions: Vec<RevisionId>,
}

impl Side {
    fn of(catalog: Catalog, database: Option<ScratchDatabase>) -> Side {
        Side {
            catalog,
            database,
            revisions: Vec::new(),
        }
    }
}

/// The place where the schemas of one command are brought together.
pub struct Rehearsal<'a> {
    project: &'a Project,
    scope: Scope,
    options: DevOptions,
    dev: Option<DevDatabase>,
    events: EventSink<'a>,
    folder: PathBuf,
}

impl<'a> Rehearsal<'a> {
    /// Prepares a rehearsal for the project's own database: its major version and its role, as far as they are known.
    ///
    /// # Errors
    /// The settings cannot be resolved.
    pub fn new(project: &'a Project, events: EventSink<'a>) -> Result<Rehearsal<'a>, EngineError> {
        let settings = project.settings();
        let mut options = DevOptions::of(settings.dev_database()?);
        options.target = target(project)?;
        if options.target.is_none() && settings.database()? == Some(Database::Embedded) {
            options.major = Embedded::of(project.root()).status().major;
        }
        Ok(Rehearsal {
            project,
            scope: catalog::scope_of(settings),
            options,
            dev: None,
            events,
            folder: project.root().join(".rev").join("cache"),
        })
    }

    /// Returns what of a database is the project's.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Makes the rehearsal one for a server of this version and no other, as what it prints will be compared.
    pub fn for_server(&mut self, version: u32) {
        self.options.major = Some(version / 10_000);
        self.options.exact_major = true;
    }

    /// Asks the project's database for its version, if it is there: a rehearsal on another major would be worth less.
    pub async fn ask_for_major(&mut self) {
        if self.options.major.is_some() {
            return;
        }
        let Some(address) = self.options.target.clone() else {
            return;
        };
        let options = ConnectOptions::new(address);
        let attempt = connect(&options);
        if let Ok(Ok(session)) = tokio::time::timeout(Duration::from_secs(2), attempt).await {
            self.options.major = Some(session.version() / 10_000);
            session.close().await;
        }
    }

    /// Returns the dev database, started on the first call.
    ///
    /// # Errors
    /// There is no place for one.
    pub async fn dev(&mut self) -> Result<&mut DevDatabase, EngineError> {
        if self.dev.is_none() {
            let mut dev = DevDatabase::acquire(&self.options).await?;
            if let Some(role) = &self.project.settings().role {
                dev.create_roles(std::slice::from_ref(role)).await?;
            }
            for note in dev.notes() {
                (self.events)(Event::Note {
                    message: note.clone(),
                });
            }
            self.dev = Some(dev);
        }
        self.dev.as_mut().ok_or_else(|| EngineError::Internal {
            message: "the dev database is gone".to_owned(),
        })
    }

    /// Returns the schema of a source.
    ///
    /// # Errors
    /// It cannot be loaded or read.
    pub async fn side(&mut self, source: &Source) -> Result<Side, EngineError> {
        match source {
            Source::Models => {
                let models = Models::read(self.project)?;
                self.models(&models).await
            }
            Source::History(target) => {
                let history = History::read_or_empty(self.project)?;
                self.history(&history, std::slice::from_ref(target)).await
            }
            Source::Database => {
                let mut session = self.open_target().await?;
                let side = self.live(&mut session).await;
                session.close().await;
                side
            }
            Source::Url(url) => {
                let mut session = self.open(url).await?;
                let side = self.live(&mut session).await;
                session.close().await;
                side
            }
            Source::Empty => self.scripts("models", &[]).await,
            Source::File(path) => {
                let files =
                    Source::files(path).map_err(|error| EngineError::io("read", path, error))?;
                let models = Models::of_files(files.iter().map(std::path::PathBuf::as_path))?;
                self.scripts("models", &models.scripts).await
            }
        }
    }

    /// Returns what a new database holds by itself; none where there is no place to make one.
    pub(crate) async fn fresh(&mut self) -> Option<Catalog> {
        self.scripts("models", &[])
            .await
            .ok()
            .map(|side| side.catalog)
    }

    /// Returns the schema that the models describe.
    ///
    /// # Errors
    /// The models do not load, or a database to imitate cannot be read.
    pub async fn models(&mut self, models: &Models) -> Result<Side, EngineError> {
        if let ([], [url]) = (models.scripts.as_slice(), models.databases.as_slice()) {
            let mut session = self.open(url).await?;
            self.for_server(session.version());
            let catalog = catalog::read(&mut session, &self.scope).await;
            session.close().await;
            return Ok(Side::of(catalog?, None));
        }
        let mut scripts = models.scripts.clone();
        for url in &models.databases {
            let mut session = self.open(url).await?;
            let catalog = catalog::read(&mut session, &self.scope).await;
            session.close().await;
            scripts.push(printed(&catalog?, "the database in `models`")?);
        }
        self.scripts("models", &scripts).await
    }

    /// Returns the schema that texts of DDL describe.
    ///
    /// # Errors
    /// They do not load.
    pub async fn scripts(
        &mut self,
        kind: &str,
        scripts: &[ModelScript],
    ) -> Result<Side, EngineError> {
        let mentions =
            |script: &ModelScript| script.text.to_ascii_lowercase().contains("extension");
        let mut digest = Sha256::new();
        for script in scripts {
            digest.update((script.text.len() as u64).to_be_bytes());
            digest.update(&script.text);
        }
        let texts = hex(&digest.finalize());
        let key = if scripts.iter().any(mentions) {
            None
        } else {
            self.key(kind, &texts)
        };
        if let Some(catalog) = key.as_ref().and_then(|key| cache::read(&self.folder, key)) {
            return Ok(Side::of(catalog, None));
        }
        let database = self.load(scripts).await?;
        let catalog = self.read(&database).await?;
        if let Some(key) = key {
            cache::write(&self.folder, &key, &catalog);
        }
        Ok(Side::of(catalog, Some(database)))
    }

    /// Loads texts of DDL into a new scratch database.
    ///
    /// # Errors
    /// They do not load.
    pub async fn load(&mut self, scripts: &[ModelScript]) -> Result<ScratchDatabase, EngineError> {
        let database = self.scratch().await?;
        self.load_into(&database, scripts).await?;
        Ok(database)
    }

    async fn load_into(
        &mut self,
        database: &ScratchDatabase,
        scripts: &[ModelScript],
    ) -> Result<(), EngineError> {
        let schema = self.scope.default_schema.clone();
        let options = LoadOptions {
            default_schema: &schema,
            events: self.events,
        };
        load(scripts, self.dev().await?, database, &options).await
    }

    /// Returns the schema that the history up to some targets leads to.
    ///
    /// # Errors
    /// A revision does not run.
    pub async fn history(
        &mut self,
        history: &History,
        targets: &[String],
    ) -> Result<Side, EngineError> {
        let revisions = order(history, targets)?;
        let mut digest = Sha256::new();
        let mut extensions = false;
        for revision in &revisions {
            let text = history.text(revision)?;
            extensions |= text.to_ascii_lowercase().contains("extension");
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
        let texts = hex(&digest.finalize());
        let key = if extensions {
            None
        } else {
            self.key("history", &texts)
        };
        if let Some(catalog) = key.as_ref().and_then(|key| cache::read(&self.folder, key)) {
            return Ok(Side {
                catalog,
                database: None,
                revisions,
            });
        }
        let database = self.replayed(history, &revisions).await?;
        let catalog = self.read(&database).await?;
        if let Some(key) = key {
            cache::write(&self.folder, &key, &catalog);
        }
        Ok(Side {
            catalog,
            database: Some(database),
            revisions,
        })
    }

    /// Replays revisions into a new scratch database.
    ///
    /// # Errors
    /// A revision does not run.
    pub(crate) async fn replayed(
        &mut self,
        history: &History,
        revisions: &[RevisionId],
    ) -> Result<ScratchDatabase, EngineError> {
        let schema = self.scope.default_schema.clone();
        let database = self.scratch().await?;
        replay::replay(history, revisions, &database, &schema).await?;
        Ok(database)
    }

    /// Makes an empty scratch database that has the default schema.
    ///
    /// # Errors
    /// The server refuses.
    pub(crate) async fn scratch(&mut self) -> Result<ScratchDatabase, EngineError> {
        Ok(self.dev().await?.create_database().await?)
    }

    /// Reads a scratch database.
    ///
    /// # Errors
    /// The server refuses, or is lost.
    pub(crate) async fn read(&self, database: &ScratchDatabase) -> Result<Catalog, EngineError> {
        let mut session = database.connect().await?;
        let catalog = catalog::read(&mut session, &self.scope).await;
        session.close().await;
        catalog
    }

    /// Returns a scratch database with what a catalogue says, and the names of what could not be reproduced.
    ///
    /// # Errors
    /// What was printed does not load.
    pub(crate) async fn copy_of(
        &mut self,
        catalog: &Catalog,
    ) -> Result<(ScratchDatabase, Vec<String>), EngineError> {
        let roles = catalog.roles();
        self.dev().await?.create_roles(&roles).await?;
        let database = self.scratch().await?;
        let mut session = database.connect().await?;
        // What a new database holds by itself is not printed again, and what it holds too much is dropped.
        let fresh = catalog::read(&mut session, &self.scope).await?;
        let changes = diff(&fresh, catalog, &DiffOptions::default())?;
        session.close().await;
        let script = ModelScript {
            name: "a copy of the database".to_owned(),
            text: changes.script(),
        };
        // What there is to say about the database's functions is said where they are written.
        let schema = self.scope.default_schema.clone();
        let options = LoadOptions {
            default_schema: &schema,
            events: &crate::events::ignore,
        };
        load(&[script], self.dev().await?, &database, &options).await?;
        let copy = self.read(&database).await?;
        Ok((database, differences(&copy, catalog)))
    }

    /// Reads a live database.
    ///
    /// # Errors
    /// It cannot be reached or read.
    pub async fn live(&mut self, session: &mut Session) -> Result<Side, EngineError> {
        self.for_server(session.version());
        Ok(Side::of(catalog::read(session, &self.scope).await?, None))
    }

    /// Makes the roles that a catalogue mentions exist on the dev database, if that runs already.
    ///
    /// # Errors
    /// The dev database refuses.
    pub(crate) async fn with_roles_of(&mut self, catalog: &Catalog) -> Result<(), EngineError> {
        if let Some(dev) = &mut self.dev {
            dev.create_roles(&catalog.roles()).await?;
        }
        Ok(())
    }

    /// Opens the project's own database; an embedded one is started.
    ///
    /// # Errors
    /// None is configured, or it cannot be reached.
    pub(crate) async fn open_target(&mut self) -> Result<Session, EngineError> {
        let options = connect_options(self.project, None)?;
        let session = connect(&options).await.map_err(no_connection)?;
        self.options.target = Some(options.address);
        Ok(session)
    }

    /// Opens one of the databases that are compared.
    pub(crate) async fn open(&self, url: &str) -> Result<Session, EngineError> {
        let variables = &self.project.settings().variables;
        let address = Address::parse(Some(url), &|name| variables.get(name).map(str::to_owned))
            .map_err(no_connection)?;
        connect(&ConnectOptions::new(address))
            .await
            .map_err(no_connection)
    }

    /// Cleans up.
    pub async fn close(self) {
        if let Some(dev) = self.dev {
            dev.close().await;
        }
    }

    /// The key of a cached catalogue; `None` where the server is not known well enough without starting it.
    fn key(&self, kind: &str, texts: &str) -> Option<cache::Key> {
        if self.options.url.is_some() {
            // Whose server that is today, and with which packages, only it knows.
            return None;
        }
        let binaries = crate::dev_database::find(self.options.major).ok()?;
        let user = self
            .options
            .target
            .as_ref()
            .and_then(|target| target.user.clone())
            .unwrap_or_default();
        let server = format!("{} {}", binaries.version, binaries.directory.display());
        Some(cache::key(kind, texts, &server, &user, &self.scope))
    }
}

/// Prints a catalogue as DDL.
fn printed(catalog: &Catalog, name: &str) -> Result<ModelScript, EngineError> {
    let changes = diff(&Catalog::empty(catalog), catalog, &DiffOptions::default())?;
    Ok(ModelScript {
        name: name.to_owned(),
        text: changes.script(),
    })
}

/// Returns the address of the project's own database, without starting an embedded one.
fn target(project: &Project) -> Result<Option<Address>, EngineError> {
    match project.settings().database()? {
        None | Some(Database::Embedded) => Ok(None),
        Some(_) => Ok(Some(connect_options(project, None)?.address)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn no_connection(source: crate::pg::ConnectError) -> EngineError {
    crate::runner::RunError::from(source).into()
}
