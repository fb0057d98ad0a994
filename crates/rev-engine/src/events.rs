//! Progress as values. The engine never prints: who wants to show something passes a callback.

use std::time::Duration;

/// Something that happened while a command ran.
///
/// The enum grows with the commands; a front end shows what it knows and ignores the rest.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The connection could not be made yet and will be tried again.
    Waiting {
        /// What is waited for, such as "the database" or "the lock held by pid 4711".
        what: String,
        /// How long already.
        waited: Duration,
    },
    /// A revision begins.
    RevisionStarted {
        /// "upgrade" or "downgrade".
        action: &'static str,
        /// The identifier.
        revision: String,
        /// The first line of its message.
        message: String,
        /// Its place in this run, from 1.
        number: usize,
        /// How many revisions this run carries out.
        total: usize,
    },
    /// A revision is done.
    RevisionFinished {
        /// The identifier.
        revision: String,
        /// How long it took.
        duration: Duration,
        /// Rows its statements changed, where the server says so.
        rows: Option<u64>,
    },
    /// A statement of a revision takes its time.
    StatementProgress(StatementProgress),
    /// A statement that progress was told of is done, or failed.
    StatementFinished {
        /// The revision.
        revision: String,
        /// Its number in its section, from 1.
        statement: usize,
        /// How long it took.
        duration: Duration,
    },
    /// A long piece of work goes on.
    Progress {
        /// What runs, such as "building index ix_users_email".
        what: String,
        /// Units done.
        done: u64,
        /// Units in all, when known.
        total: Option<u64>,
    },
    /// The server said something (NOTICE, WARNING).
    ServerNotice {
        /// The text of the message.
        message: String,
    },
    /// Something worth a sentence that is neither data nor an error.
    Note {
        /// The sentence.
        message: String,
    },
    /// Something that may hurt later.
    Warning {
        /// The sentence.
        message: String,
    },
}

/// How far a statement is.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementProgress {
    /// The revision.
    pub revision: String,
    /// Its number in its section, from 1.
    pub statement: usize,
    /// Its beginning, on one line.
    pub sql: String,
    /// What the server says it is doing, in its own words; none where it says nothing, as for VALIDATE CONSTRAINT.
    pub phase: Option<String>,
    /// What is counted: "blocks", "tuples", "bytes", "rows", "lockers"; none where nothing is.
    pub unit: Option<&'static str>,
    /// How much is done.
    pub done: u64,
    /// How much it will be, where that is known; of a batch, about.
    pub total: Option<u64>,
    /// How much a second, where that is known.
    pub rate: Option<f64>,
    /// For how long.
    pub elapsed: Duration,
}

/// Receives events; pass [`ignore`] when nobody looks.
pub type EventSink<'a> = &'a dyn Fn(Event);

/// Takes an event and does nothing.
pub fn ignore(_: Event) {}
