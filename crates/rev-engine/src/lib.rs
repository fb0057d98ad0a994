//! Carries plans out on Postgres and on revision files. All input and output of `rev` happens in this crate.
//!
//! The library does not know that it has a terminal: a command takes options and returns a report,
//! progress leaves through a callback ([`events::Event`]), and errors are values ([`EngineError`]).
//! Time and chance come in by the door ([`ports`]), the process environment too ([`variables`]).
//!
//! # Where things are
//!
//! - [`project`]: the folder with `rev.yaml`; [`settings`]: that file, resolved; [`history`]: revision files as a graph.
//! - [`dev_database`]: throw-away servers for rehearsals.
//! - [`commands`]: one file a command, options in, report out.
//!
//! # A new command
//!
//! 1. `rev-engine/src/commands/x.rs`: `pub struct XOptions`, `pub struct XReport` and
//!    `pub fn x(project: &Project, options: &XOptions, …) -> Result<XReport, EngineError>` (or `async fn`), listed in `commands/mod.rs`.
//! 2. `rev-cli/src/commands/x.rs`: the arguments and the view; see the notes in `rev-cli/src/commands/mod.rs`.
//! 3. A family of errors of its own gets its own enum beside its code, with `code()` and `hint()`,
//!    one transparent variant in [`EngineError`], and one line a code in [`codes`].

pub mod backup;
pub mod catalog;
pub mod codes;
pub mod commands;
pub mod dev_database;
pub mod error;
pub mod events;
pub mod files;
pub mod history;
pub mod import;
pub mod migrator;
pub mod models;
pub mod near;
pub mod new_revision;
pub mod pg;
pub mod ports;
pub mod project;
pub mod rehearsal;
pub mod runner;
pub mod settings;
pub mod validate;
pub mod variables;

pub use codes::ExitKind;
pub use error::{DatabaseFault, EngineError, Place};
pub use events::{Event, EventSink, StatementProgress};
pub use history::{History, RevisionEntry};
pub use migrator::{ConnectedMigrator, Embedded, MigrationReport, MigrationStatus, Migrator};
pub use project::{Project, ProjectOptions};
pub use rev_embed::embed_revisions;
pub use settings::{Database, Settings};
