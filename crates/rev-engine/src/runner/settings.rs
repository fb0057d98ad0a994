//! What a run needs to know, apart from what it runs.

use crate::pg::Books;
use crate::pg::lock::{set_local, set_session};
use crate::settings::{Settings, TransactionScope};
use std::time::Duration;

/// CONCURRENTLY waits for every older transaction of the whole server; this is when that is called stuck. `-- rev:timeout
/// {statement: …}` sets another limit.
const CONCURRENT_DEADLINE: Duration = Duration::from_secs(4 * 3600);

/// Gives a session back as it was, its role included, which RESET ALL leaves alone.
pub(crate) const RESET_SESSION: [&str; 3] =
    ["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"];

/// Backs off for this long in total where `timeouts.runner_lock` sets no limit.
pub(crate) const UNLIMITED: Duration = Duration::from_secs(365 * 24 * 3600);

/// The settings of a run.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// Where the books are.
    pub books: Books,
    /// The schema whose names are written unqualified.
    pub default_schema: String,
    /// For a lock on a table.
    pub lock_timeout: Duration,
    /// For one statement; zero is without limit.
    pub statement_timeout: Duration,
    /// For the lock among runners, and for all attempts at a table's lock together; zero is without limit.
    pub patience: Duration,
    /// What one transaction spans.
    pub scope: TransactionScope,
}

impl RunSettings {
    /// Takes what matters here from the project's settings.
    #[must_use]
    pub fn of(settings: &Settings) -> RunSettings {
        let default_schema = settings.default_schema().to_owned();
        RunSettings {
            books: Books {
                schema: settings
                    .version_table
                    .schema
                    .clone()
                    .unwrap_or_else(|| default_schema.clone()),
                version_table: settings.version_table.name.clone(),
                role: settings.role.clone(),
            },
            default_schema,
            lock_timeout: settings.timeouts.lock,
            statement_timeout: settings.timeouts.statement,
            patience: settings.timeouts.runner_lock,
            scope: settings.transaction,
        }
    }

    /// How long to go on in total.
    pub(crate) fn patience(&self) -> Duration {
        if self.patience.is_zero() {
            UNLIMITED
        } else {
            self.patience
        }
    }

    /// What must hold before a message is even read: the server splits a message into statements by these.
    pub(crate) fn session_start() -> String {
        set_session(&[
            ("standard_conforming_strings", "on".to_owned()),
            ("backslash_quote", "safe_encoding".to_owned()),
        ])
    }

    /// The same start for every revision's transaction, whatever the role, the database or the revision before set.
    pub(crate) fn transaction_start(&self, application_name: &str, version: u32) -> String {
        let mut settings = self.common(application_name, version);
        settings.push(("lock_timeout", milliseconds(self.lock_timeout)));
        settings.push(("statement_timeout", milliseconds(self.statement_timeout)));
        set_local(&settings)
    }

    /// The same for a statement that runs alone: it waits for locks as long as it must, but has a deadline.
    pub(crate) fn alone_start(
        &self,
        application_name: &str,
        version: u32,
        deadline: Option<Duration>,
        lock: Option<Duration>,
    ) -> String {
        let deadline = deadline.unwrap_or(if self.statement_timeout.is_zero() {
            CONCURRENT_DEADLINE
        } else {
            self.statement_timeout
        });
        let mut settings = self.common(application_name, version);
        settings.push(("lock_timeout", milliseconds(lock.unwrap_or_default())));
        settings.push(("statement_timeout", milliseconds(deadline)));
        set_session(&settings)
    }

    fn common(&self, application_name: &str, version: u32) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("application_name", application_name.to_owned()),
            (
                "search_path",
                rev_sql::quote_ident(&self.default_schema).into_owned(),
            ),
            ("idle_in_transaction_session_timeout", "0".to_owned()),
            ("default_transaction_read_only", "off".to_owned()),
            ("client_min_messages", "notice".to_owned()),
            ("standard_conforming_strings", "on".to_owned()),
            ("check_function_bodies", "on".to_owned()),
            ("row_security", "on".to_owned()),
            ("default_tablespace", String::new()),
            ("tcp_keepalives_idle", "10".to_owned()),
            ("tcp_keepalives_interval", "5".to_owned()),
            ("tcp_keepalives_count", "3".to_owned()),
        ];
        if let Some(role) = &self.books.role {
            settings.push(("role", role.clone()));
        }
        if version >= 140_000 {
            // A killed runner's backend ends within this time instead of finishing its statement.
            settings.push(("client_connection_check_interval", "200".to_owned()));
        }
        if version >= 170_000 {
            settings.push(("transaction_timeout", "0".to_owned()));
        }
        settings
    }
}

pub(crate) fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}
