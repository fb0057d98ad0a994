//! What stops a run.

use crate::error::{DatabaseFault, Place};
use crate::pg::{ConnectError, SessionError};
use crate::runner::stored::StoredRevision;
use std::time::Duration;

/// Why a plan was not carried out, or not to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server refused a statement of a revision.
    #[error("{}", statement_failed(.0))]
    StatementFailed(Box<StatementFailure>),
    /// The server refused something that `rev` does for itself.
    #[error("cannot {doing}: {fault}")]
    Bookkeeping {
        /// In words, as in "cannot create rev's tables".
        doing: String,
        /// What the server said.
        fault: Box<DatabaseFault>,
    },
    /// The connection broke, and could not be had again.
    #[error("the connection to {place} was lost ({why}){}", while_doing(doing))]
    ConnectionLost {
        /// The server in words.
        place: String,
        /// What the system said.
        why: String,
        /// The revision under way.
        doing: Option<String>,
    },
    /// Another runner holds the lock.
    #[error("another runner still holds the lock after {} s: {holder}", waited.as_secs())]
    LockNotObtained {
        /// Who, in words.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A lock on a table was not to be had.
    #[error("{place}: `{revision}` could not get its lock in {attempts} attempts of {} ms each{}", lock_timeout.as_millis(), blocked_by(blockers))]
    TableLocked {
        /// The revision.
        revision: String,
        /// The statement.
        place: Place,
        /// How often it was tried.
        attempts: u32,
        /// How long each attempt waited.
        lock_timeout: Duration,
        /// Who stood in the way, in words.
        blockers: Vec<String>,
    },
    /// A version row is not what the plan says it is.
    #[error("the version table changed while `{revision}` was being carried out: {change}")]
    RowsMoved {
        /// The revision, which was rolled back.
        revision: String,
        /// The change that found no row.
        change: String,
    },
    /// A replica.
    #[error("{place} is a replica, which takes no changes")]
    Replica {
        /// The server in words.
        place: String,
    },
    /// A server, database or role that is read-only.
    #[error("{place} is read-only")]
    ReadOnly {
        /// The server in words.
        place: String,
    },
    /// The role of the settings cannot be taken.
    #[error("{place}: cannot become the role `{role}`: {fault}")]
    RoleRefused {
        /// The role.
        role: String,
        /// The server in words.
        place: String,
        /// What the server said.
        fault: Box<DatabaseFault>,
    },
    /// A revision left the role of the settings.
    #[error(
        "{place}: `{revision}` was begun as the role `{role}` and ended as `{now}`{}; that was rolled back",
        by_statement(statement)
    )]
    RoleChanged {
        /// The revision.
        revision: String,
        /// The statement, or the file where no statement shows it.
        place: Place,
        /// The statement that changes the role, where one shows it.
        statement: Option<String>,
        /// The role of the settings.
        role: String,
        /// The role at the end.
        now: String,
    },
    /// BEGIN, COMMIT and their kin in a revision.
    #[error("{place}: `{statement}` in a revision: rev itself opens and ends the transactions")]
    TransactionControl {
        /// Where.
        place: Place,
        /// The statement.
        statement: String,
    },
    /// COPY FROM STDIN in a revision.
    #[error("{place}: COPY FROM STDIN needs data that no SQL file can carry")]
    CopyFromStdin {
        /// Where.
        place: Place,
    },
    /// The SQL of a revision cannot be split into statements, or a directive cannot be read.
    #[error("{place}: {message}")]
    BadScript {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// All of a run is to be one transaction, and statements refuse that.
    #[error("{why}, and {} that{}", if statements.len() == 1 { "this statement refuses" } else { "these statements refuse" }, lines(statements))]
    RefusesTransaction {
        /// What makes it one transaction.
        why: &'static str,
        /// The statements' beginnings, each with its place.
        statements: Vec<String>,
    },
    /// The role certainly lacks rights that the plan needs.
    #[error(
        "the role `{role}` lacks rights that this needs, so nothing was begun:{}",
        lines(missing)
    )]
    MissingRights {
        /// The role.
        role: String,
        /// What is missing, each with the first statement that needs it.
        missing: Vec<String>,
    },
    /// A revision says that there is no way back.
    #[error("`{revision}` cannot be downgraded: {why}")]
    Irreversible {
        /// Which.
        revision: String,
        /// What its header says.
        why: String,
    },
    /// A revision has no downgrade section, and none is stored.
    #[error("{place}: `{revision}` has no downgrade section")]
    NoDowngrade {
        /// Which.
        revision: String,
        /// Its file.
        place: Place,
    },
    /// A downgrade loses data, and nobody said yes.
    #[error("this loses data: {}", losses.join("; "))]
    NeedsConsent {
        /// What is lost, each with its revision.
        losses: Vec<String>,
    },
    /// An applied revision's statements are not those that ran.
    #[error("{place}: the statements of `{revision}` changed after it was applied\n{difference}")]
    ChecksumChanged {
        /// Which.
        revision: String,
        /// Its file.
        place: Place,
        /// Lines that differ, as `-` what ran and `+` what the file says.
        difference: String,
    },
    /// A revision that was interrupted half way has since been rewritten in the part that is done.
    #[error(
        "{place}: statement {number} of `{revision}` was already carried out, and the file says something else now"
    )]
    DoneStatementChanged {
        /// Which revision.
        revision: String,
        /// Where.
        place: Place,
        /// The statement, from 1.
        number: usize,
    },
    /// A statement outside of a transaction reported success, and the catalogue says otherwise.
    #[error("{place}: {what}")]
    NotInCatalogue {
        /// Where.
        place: Place,
        /// What was found.
        what: String,
    },
    /// A batch cannot be carried out as written.
    #[error("{place}: {why}")]
    Batch {
        /// Where.
        place: Place,
        /// What is wrong.
        why: String,
    },
    /// A version row that no file knows, and what the history table says of it.
    #[error(
        "the database is at `{row}`, which has no file here: {stored}{}",
        told(stored)
    )]
    UnknownRow {
        /// The row.
        row: String,
        /// What the history table says.
        stored: Box<StoredRevision>,
    },
    /// The revision that a database row names is known to nobody.
    #[error("the database has `{revision}`, which has no file here and no stored way back")]
    NothingStored {
        /// Which.
        revision: String,
    },
}

/// A statement that failed, with everything a person needs to find it.
#[derive(Debug, Clone)]
pub struct StatementFailure {
    /// "upgrade" or "downgrade".
    pub action: &'static str,
    /// The revision.
    pub revision: String,
    /// The file and the line of the fault, or of the statement where the server names no position.
    pub place: Place,
    /// The statement's number in its section, from 1.
    pub number: usize,
    /// How many there are.
    pub total: usize,
    /// The line of SQL with the fault.
    pub excerpt: String,
    /// What the server said.
    pub fault: DatabaseFault,
    /// What became of the revision.
    pub aftermath: Aftermath,
}

/// What is left of a revision that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// Nothing: it was one transaction.
    RolledBack,
    /// So many of its statements are done and noted; the next run goes on after them.
    Kept(usize),
}

impl RunError {
    /// Returns the snake_case name of what went wrong.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            RunError::Connect(error) => error.code(),
            RunError::StatementFailed(_) => "statement_failed",
            RunError::Bookkeeping { .. } => "bookkeeping_failed",
            RunError::ConnectionLost { .. } => "connection_lost",
            RunError::LockNotObtained { .. } => "lock_not_obtained",
            RunError::TableLocked { .. } => "table_locked",
            RunError::RowsMoved { .. } => "rows_moved",
            RunError::Replica { .. } => "replica",
            RunError::ReadOnly { .. } => "read_only",
            RunError::RoleRefused { .. } => "role_refused",
            RunError::RoleChanged { .. } => "role_changed",
            RunError::TransactionControl { .. } => "transaction_control",
            RunError::CopyFromStdin { .. } => "copy_from_stdin",
            RunError::BadScript { .. } => "bad_script",
            RunError::RefusesTransaction { .. } => "refuses_transaction",
            RunError::MissingRights { .. } => "missing_rights",
            RunError::Irreversible { .. } => "irreversible",
            RunError::NoDowngrade { .. } => "no_downgrade",
            RunError::NeedsConsent { .. } => "needs_consent",
            RunError::ChecksumChanged { .. } => "checksum_changed",
            RunError::DoneStatementChanged { .. } => "done_statement_changed",
            RunError::NotInCatalogue { .. } => "not_in_catalogue",
            RunError::Batch { .. } => "bad_batch",
            RunError::UnknownRow { .. } => "unknown_row",
            RunError::NothingStored { .. } => "nothing_stored",
        }
    }

    /// Returns the next step, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            RunError::Connect(error) => return error.hint(),
            RunError::StatementFailed(failure) => return failure.hint(),
            RunError::Bookkeeping { fault, .. } => match fault.sqlstate.as_str() {
                "42501" => "the role needs CREATE on that schema, and to own rev's tables or be granted them; `rev ensure-version` as an owner makes them".to_owned(),
                _ => return fault.hint.clone(),
            },
            RunError::ConnectionLost { .. } => {
                "nothing is half done; run the same command again".to_owned()
            }
            RunError::LockNotObtained { .. } => {
                "wait for it, or raise `timeouts.runner_lock` in rev.yaml".to_owned()
            }
            RunError::TableLocked { .. } => {
                "end the sessions named above, or raise `timeouts.lock` in rev.yaml".to_owned()
            }
            RunError::RowsMoved { .. } => "nothing was changed; run the same command again".to_owned(),
            RunError::Replica { .. } => {
                "use the primary's address; with several hosts, `target_session_attrs=read-write` finds it".to_owned()
            }
            RunError::ReadOnly { .. } => {
                "`default_transaction_read_only` is on for this server, database or role".to_owned()
            }
            RunError::RoleRefused { role, .. } => format!(
                "make whoever logs in a member of it (`GRANT {} TO …`), or correct `role` in rev.yaml",
                rev_sql::quote_ident(role)
            ),
            RunError::RoleChanged { role, .. } => format!(
                "end the revision with `SET ROLE {}`, or leave the change out",
                rev_sql::quote_ident(role)
            ),
            RunError::TransactionControl { .. } => {
                "take it out: each revision is one transaction already, save for statements that refuse one".to_owned()
            }
            RunError::CopyFromStdin { .. } => "write INSERT statements".to_owned(),
            RunError::RefusesTransaction { .. } => {
                "use `transaction: revision`, which runs such statements alone".to_owned()
            }
            RunError::MissingRights { .. } => {
                "grant them, or name a role that has them: `role` in rev.yaml, or `--role`".to_owned()
            }
            RunError::NoDowngrade { .. } => {
                "write one after a `-- rev:downgrade` line, or say `irreversible: \"why\"` in the header".to_owned()
            }
            RunError::NeedsConsent { .. } => "pass `--yes` if that is meant".to_owned(),
            RunError::ChecksumChanged { .. } => {
                "restore the file; or, if the change is meant, accept it with `rev repair`".to_owned()
            }
            RunError::DoneStatementChanged { .. } => {
                "restore that statement; those after it may change".to_owned()
            }
            RunError::UnknownRow { stored, .. } if stored.has_way_back() => {
                "deploy the release that brought it, or step back with `rev downgrade TARGET`: the database has kept the way back".to_owned()
            }
            RunError::UnknownRow { .. } => {
                "deploy the release that brought it: the database has not kept a way back (it was stamped, or an older rev brought it)".to_owned()
            }
            RunError::NothingStored { .. } => {
                "run the `rev` and the revisions of the release that made it".to_owned()
            }
            _ => return None,
        })
    }
}

impl StatementFailure {
    fn hint(&self) -> Option<String> {
        let fate = match self.aftermath {
            Aftermath::RolledBack => {
                "the revision was rolled back; correct it and run the same command again".to_owned()
            }
            Aftermath::Kept(done) => format!(
                "{done} of its {} statements are done and noted; correct this one and run the same command again",
                self.total
            ),
        };
        Some(match &self.fault.hint {
            Some(hint) => format!("{hint} ({fate})"),
            None => fate,
        })
    }
}

fn statement_failed(failure: &StatementFailure) -> String {
    let mut text = format!(
        "{}: {} of `{}` failed at statement {} of {}: {}",
        failure.place,
        failure.action,
        failure.revision,
        failure.number,
        failure.total,
        failure.fault
    );
    if !failure.excerpt.is_empty() {
        text.push_str("\n    ");
        text.push_str(&failure.excerpt);
    }
    if let Some(context) = &failure.fault.context {
        text.push_str("\n    in ");
        text.push_str(&context.replace('\n', "\n    "));
    }
    text
}

fn by_statement(statement: &Option<String>) -> String {
    statement
        .as_ref()
        .map(|statement| format!(" by `{statement}`"))
        .unwrap_or_default()
}

fn told(stored: &StoredRevision) -> String {
    lines(&stored.told())
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n    {line}")).collect()
}

fn while_doing(doing: &Option<String>) -> String {
    doing
        .as_ref()
        .map(|revision| format!(" while `{revision}` was being carried out"))
        .unwrap_or_default()
}

fn blocked_by(blockers: &[String]) -> String {
    if blockers.is_empty() {
        return String::new();
    }
    format!("; in the way: {}", blockers.join("; "))
}

impl RunError {
    /// Wraps what went wrong with something `rev` does for itself.
    pub(crate) fn bookkeeping(doing: &str, error: SessionError) -> RunError {
        match error {
            SessionError::Refused { error, .. } => RunError::Bookkeeping {
                doing: doing.to_owned(),
                fault: error,
            },
            SessionError::Lost { place, why } => RunError::ConnectionLost {
                place,
                why,
                doing: None,
            },
        }
    }

    /// Whether the connection is what failed.
    pub(crate) fn is_lost_connection(&self) -> bool {
        matches!(self, RunError::ConnectionLost { .. })
    }
}
