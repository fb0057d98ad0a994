//! Carrying a plan out: revision by revision, each leaving the database either as it was or one step further.
//!
//! What goes over the wire for a plain revision is two messages. The first opens the transaction, runs all statements,
//! moves the version rows, writes the history row and asks for the transaction's id. The second is COMMIT, sent only when
//! every version row was where the plan says (compare and swap). With the id at hand, a COMMIT whose answer is lost is
//! looked up afterwards instead of guessed.
//!
//! Statements that count rows travel in messages of their own, since the history row tells how many they were.

use super::error::{Aftermath, RunError, StatementFailure};
use super::identity::Identity;
use super::interrupt::Interrupt;
use super::script::{Script, ScriptStatement};
use super::segment::{Lessons, Segment, segments};
use super::settings::{RESET_SESSION, RunSettings, milliseconds};
use super::watch::{Under, Watch};
use crate::error::{DatabaseFault, EngineError, Place};
use crate::events::{Event, EventSink};
use crate::pg::lock::{LockKeys, dice, pause, set_local};
use crate::pg::sqlstate::{
    ACTIVE_SQL_TRANSACTION, INVALID_TRANSACTION_TERMINATION, LOCK_NOT_AVAILABLE, QUERY_CANCELED,
    UNSAFE_NEW_ENUM_VALUE,
};
use crate::pg::tables::{Entry, ProgressNote};
use crate::pg::{Answer, Session, SessionError};
use rev_dag::RowChange;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The connection that works, and all it needs to know.
pub(crate) struct Worker<'a> {
    pub session: Session,
    pub settings: &'a RunSettings,
    pub identity: &'a Identity,
    pub events: EventSink<'a>,
    pub interrupt: &'a Interrupt,
    pub watch: Watch<'a>,
    /// `--tag`.
    pub tag: Option<&'a str>,
    /// The transaction whose COMMIT is under way: what to ask for when the answer does not come.
    pub pending: Option<PendingCommit>,
}

/// A COMMIT that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingCommit {
    /// `pg_current_xact_id()`.
    pub transaction: String,
    /// The revisions that it commits.
    pub revisions: Vec<String>,
}

/// One step with its script; a stamp has none.
#[derive(Debug)]
pub(crate) struct Job {
    pub revision: String,
    pub action: &'static str,
    pub message: String,
    pub script: Option<Script>,
    pub rows: Vec<RowChange>,
}

/// What a step did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Rows its statements changed.
    pub rows_affected: u64,
    /// The statements that `rev:only-if` left out, from 1.
    pub skipped: Vec<usize>,
    /// How often it had to be tried.
    pub attempts: u32,
}

/// One statement of a message: what it is for, and its text.
struct Part {
    role: Role,
    sql: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// `rev`'s own.
    Own,
    /// The statement of the revision with this index.
    Statement(usize),
    /// The version row change with this index.
    Row(usize),
    /// Asks for the transaction's id.
    TransactionId,
    /// Asks who it is that the statements left behind.
    WhoRan,
}

/// A transaction that did not get through.
enum Stop {
    /// A statement of the revision.
    Statement(usize, DatabaseFault),
    /// `rev`'s own, with what it was doing.
    Own(&'static str, DatabaseFault),
    /// Anything that ends the run as it is.
    Error(EngineError),
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Stop {
        Stop::Error(error)
    }
}

/// When to commit, and what else belongs into the last transaction of a revision.
struct Frame<'j> {
    job: &'j Job,
    /// BEGIN comes first; not inside a run that is one transaction.
    begins: bool,
    /// What must be there before anything else.
    prelude: &'j [String],
    /// Version and history rows come last.
    finishes: Option<Finish>,
    /// Each statement is noted as done: the revision takes more than one transaction.
    notes: bool,
    /// The statements of this transaction.
    statements: &'j [usize],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Finish {
    /// The history row is written as done.
    Insert,
    /// The running history row is marked as done.
    Update {
        /// Rows counted in earlier transactions.
        rows_before: u64,
    },
}

impl Worker<'_> {
    /// Carries one step out, in as many transactions as it takes.
    pub async fn step(&mut self, job: &Job) -> Result<Done, EngineError> {
        let mut lessons = Lessons::default();
        loop {
            self.stop_if_told()?;
            let pieces = match &job.script {
                Some(script) => segments(&script.statements, &lessons),
                None => Vec::new(),
            };
            let outcome = match pieces.as_slice() {
                [] => self.whole(job, &[]).await,
                [Segment::Together(all)] => self.whole(job, all).await,
                pieces => self.in_pieces(job, pieces).await,
            };
            match outcome {
                Ok(done) => return Ok(done),
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Own(doing, fault)) => {
                    return Err(RunError::Bookkeeping {
                        doing: doing.to_owned(),
                        fault: Box::new(fault),
                    }
                    .into());
                }
                Err(Stop::Statement(index, fault)) => {
                    let learned = match fault.sqlstate.as_str() {
                        UNSAFE_NEW_ENUM_VALUE => {
                            !std::mem::replace(&mut lessons.commit_each_enum_value, true)
                        }
                        INVALID_TRANSACTION_TERMINATION | ACTIVE_SQL_TRANSACTION => {
                            lessons.alone.insert(index)
                        }
                        _ => false,
                    };
                    if !learned {
                        let journalled = pieces.len() > 1;
                        return Err(self.failed(job, index, fault, journalled).await);
                    }
                }
            }
        }
    }

    /// Carries several steps out in one transaction, and commits it unless this is a rehearsal.
    pub async fn as_one(
        &mut self,
        jobs: &[Job],
        prelude: &[String],
        commit: bool,
    ) -> Result<Vec<Done>, EngineError> {
        let begun = Instant::now();
        let mut attempts = 0;
        'again: loop {
            attempts += 1;
            self.stop_if_told()?;
            let mut all = Vec::with_capacity(jobs.len());
            let mut transaction = None;
            for (number, job) in jobs.iter().enumerate() {
                if attempts == 1 {
                    self.announce(job, number + 1, jobs.len());
                }
                let started = Instant::now();
                let count = job
                    .script
                    .as_ref()
                    .map_or(0, |script| script.statements.len());
                let statements: Vec<usize> = (0..count).collect();
                let frame = Frame {
                    job,
                    begins: number == 0,
                    prelude: if number == 0 { prelude } else { &[] },
                    finishes: Some(Finish::Insert),
                    notes: false,
                    statements: &statements,
                };
                match self.body(&frame).await {
                    Ok((done, id)) => {
                        if attempts == 1 {
                            self.report(job, started.elapsed(), &done);
                        }
                        all.push(done);
                        transaction = id.or(transaction);
                    }
                    Err(stop) => {
                        self.roll_back().await?;
                        if self.try_again(&stop, begun, attempts).await? {
                            continue 'again;
                        }
                        return Err(match stop {
                            Stop::Statement(index, fault) => {
                                self.failed(job, index, fault, false).await
                            }
                            other => self.give_up(job, other, attempts),
                        });
                    }
                }
            }
            if !commit {
                self.roll_back().await?;
                return Ok(all);
            }
            self.pending = transaction.map(|transaction| PendingCommit {
                transaction,
                revisions: jobs.iter().map(|job| job.revision.clone()).collect(),
            });
            match self.commit().await {
                Ok(()) => return Ok(all),
                Err(stop) => {
                    if self.try_again(&stop, begun, attempts).await? {
                        continue;
                    }
                    let last = jobs.last().map_or("", |job| job.revision.as_str());
                    return Err(self.commit_failed(last, jobs.last(), stop).await);
                }
            }
        }
    }

    /// Makes `rev`'s tables, in a transaction of their own.
    pub async fn prepare(&mut self, prelude: &[String]) -> Result<(), EngineError> {
        if prelude.is_empty() {
            return Ok(());
        }
        let start = self
            .settings
            .transaction_start(&self.identity.worker_name(), self.session.version());
        let mut message = vec!["BEGIN", start.as_str()];
        message.extend(prelude.iter().map(String::as_str));
        message.push("COMMIT");
        match self.session.send_discarding(&message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                self.roll_back().await?;
                Err(RunError::bookkeeping("create rev's tables", error).into())
            }
        }
    }

    /// Says that a step begins.
    pub fn announce(&self, job: &Job, number: usize, total: usize) {
        (self.events)(Event::RevisionStarted {
            action: job.action,
            revision: job.revision.clone(),
            message: job.message.clone(),
            number,
            total,
        });
    }

    /// Says that a step is done.
    pub fn report(&self, job: &Job, duration: Duration, done: &Done) {
        (self.events)(Event::RevisionFinished {
            revision: job.revision.clone(),
            duration,
            rows: (done.rows_affected > 0).then_some(done.rows_affected),
        });
    }

    /// A revision that is one transaction.
    async fn whole(&mut self, job: &Job, statements: &[usize]) -> Result<Done, Stop> {
        let frame = Frame {
            job,
            begins: true,
            prelude: &[],
            finishes: Some(Finish::Insert),
            notes: false,
            statements,
        };
        self.transaction(&frame).await
    }

    /// One transaction, tried again while it loses against others.
    async fn transaction(&mut self, frame: &Frame<'_>) -> Result<Done, Stop> {
        let begun = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let stop = match self.once(frame).await {
                Ok(mut done) => {
                    done.attempts = attempts;
                    return Ok(done);
                }
                Err(stop) => stop,
            };
            if !self.try_again(&stop, begun, attempts).await? {
                return Err(match stop {
                    Stop::Statement(index, fault) if fault.sqlstate == LOCK_NOT_AVAILABLE => {
                        Stop::Error(self.table_locked(frame.job, Some(index), attempts))
                    }
                    Stop::Own(_, fault) if fault.sqlstate == LOCK_NOT_AVAILABLE => {
                        Stop::Error(self.table_locked(frame.job, None, attempts))
                    }
                    other => other,
                });
            }
        }
    }

    async fn once(&mut self, frame: &Frame<'_>) -> Result<Done, Stop> {
        let (done, transaction) = match self.body(frame).await {
            Ok(done) => done,
            Err(stop) => {
                if !matches!(&stop, Stop::Error(EngineError::Run(error)) if error.is_lost_connection())
                {
                    self.roll_back().await?;
                }
                return Err(stop);
            }
        };
        if let Err(error) = self.stop_if_told() {
            self.roll_back().await?;
            return Err(error.into());
        }
        self.pending = transaction.map(|transaction| PendingCommit {
            transaction,
            revisions: match frame.finishes {
                Some(_) => vec![frame.job.revision.clone()],
                None => Vec::new(),
            },
        });
        self.commit().await?;
        let leaves_settings = frame.job.script.as_ref().is_some_and(|script| {
            let of = |index: &usize| script.statements[*index].leaves_settings;
            frame.statements.iter().any(of)
        });
        if leaves_settings {
            // SET without LOCAL outlives its transaction: the next revision starts as if it had not been.
            let start = RunSettings::session_start();
            let mut message = RESET_SESSION.to_vec();
            message.push(&start);
            let _ = self.session.send_discarding(&message).await;
        }
        Ok(done)
    }

    /// Everything of a transaction but its COMMIT.
    async fn body(&mut self, frame: &Frame<'_>) -> Result<(Done, Option<String>), Stop> {
        let mut done = Done::default();
        let mut message = Vec::new();
        let own = |sql: String| Part {
            role: Role::Own,
            sql,
        };
        if frame.begins {
            message.push(own(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE".to_owned()
            ));
        }
        message.push(own(self.settings.transaction_start(
            &self.identity.worker_name(),
            self.session.version(),
        )));
        if frame.begins {
            let work = LockKeys::of(&self.settings.books).work;
            message.push(own(format!(
                "SELECT pg_catalog.pg_advisory_xact_lock({work})"
            )));
        }
        message.extend(frame.prelude.iter().cloned().map(own));
        let none = Vec::new();
        let script = frame.job.script.as_ref();
        let statements = script.map_or(&none, |script| &script.statements);
        let mut leaves_settings = false;
        for &index in frame.statements {
            let statement = &statements[index];
            leaves_settings |= statement.leaves_settings;
            if let Some(query) = statement.only_if() {
                self.deliver(frame, std::mem::take(&mut message), &mut done)
                    .await?;
                if !self.holds(frame, index, query).await? {
                    done.skipped.push(index + 1);
                    continue;
                }
            }
            if statement.travels_alone && !message.is_empty() {
                self.deliver(frame, std::mem::take(&mut message), &mut done)
                    .await?;
            }
            self.push_statement(&mut message, statement, index);
            if statement.travels_alone {
                self.deliver(frame, std::mem::take(&mut message), &mut done)
                    .await?;
            }
        }
        self.push_ending(&mut message, frame, &done, leaves_settings);
        let id = self.deliver(frame, message, &mut done).await?;
        Ok((done, id))
    }

    fn push_statement(&self, message: &mut Vec<Part>, statement: &ScriptStatement, index: usize) {
        let own = |sql: String| Part {
            role: Role::Own,
            sql,
        };
        let mut before = Vec::new();
        let mut after = Vec::new();
        if statement.validates {
            // It scans under a lock that blocks neither reads nor writes: it may wait for it.
            before.push(("lock_timeout", "0".to_owned()));
        }
        if let Some(timeout) = statement.timeout() {
            before.extend(
                timeout
                    .lock
                    .map(|lock| ("lock_timeout", milliseconds(lock))),
            );
            before.extend(
                timeout
                    .statement
                    .map(|limit| ("statement_timeout", milliseconds(limit))),
            );
        }
        for (name, _) in &before {
            let usual = if *name == "lock_timeout" {
                self.settings.lock_timeout
            } else {
                self.settings.statement_timeout
            };
            after.push((*name, milliseconds(usual)));
        }
        if !before.is_empty() {
            message.push(own(set_local(&before)));
        }
        message.push(Part {
            role: Role::Statement(index),
            sql: statement.sql.clone(),
        });
        if !after.is_empty() {
            message.push(own(set_local(&after)));
        }
    }

    fn push_ending(
        &self,
        message: &mut Vec<Part>,
        frame: &Frame<'_>,
        done: &Done,
        leaves_settings: bool,
    ) {
        let books = &self.settings.books;
        let own = |sql: String| Part {
            role: Role::Own,
            sql,
        };
        let role = books.as_role();
        if role.is_some() && !frame.statements.is_empty() {
            message.push(Part {
                role: Role::WhoRan,
                sql: "SELECT CURRENT_USER".to_owned(),
            });
        }
        if leaves_settings {
            // A revision may have changed its role; the books are kept as whoever logged in, or the role of the settings.
            message.push(own("RESET SESSION AUTHORIZATION".to_owned()));
            message.extend(role.map(own));
        }
        message.push(own("SET LOCAL search_path = pg_catalog, pg_temp".to_owned()));
        if frame.notes {
            for &index in frame.statements {
                if let Some(script) = &frame.job.script {
                    message.push(own(books.note_progress(&ProgressNote {
                        revision: &frame.job.revision,
                        action: frame.job.action,
                        statement: index,
                        checksum: &script.statements[index].checksum(),
                        status: "done",
                        run_id: &self.identity.run_id,
                        ..ProgressNote::default()
                    })));
                }
            }
        }
        if let Some(finish) = frame.finishes {
            for (index, change) in frame.job.rows.iter().enumerate() {
                message.push(Part {
                    role: Role::Row(index),
                    sql: row_change(books, change),
                });
            }
            match finish {
                Finish::Insert => {
                    message.push(own(self.history_row(frame.job, "done", done, None)))
                }
                Finish::Update { rows_before } => {
                    message.push(own(books.finish_history(
                        &self.identity.run_id,
                        &frame.job.revision,
                        "done",
                        Some(rows_before + done.rows_affected),
                        skipped_note(&done.skipped).as_deref(),
                    )));
                    message.push(own(books.clear_progress(&frame.job.revision)));
                }
            }
        }
        message.push(Part {
            role: Role::TransactionId,
            sql: "SELECT pg_catalog.pg_current_xact_id()".to_owned(),
        });
    }

    fn history_row(&self, job: &Job, status: &str, done: &Done, error: Option<&str>) -> String {
        let script = job.script.as_ref();
        let note = skipped_note(&done.skipped);
        self.settings.books.insert_history(&Entry {
            run_id: &self.identity.run_id,
            revision: &job.revision,
            action: job.action,
            message: &job.message,
            started_at: None,
            status,
            checksum: script.map(|script| script.checksum.as_str()),
            raw_checksum: script.map(|script| script.raw_checksum.as_str()),
            upgrade_sql: script.map(|script| script.upgrade_sql.as_str()),
            downgrade_sql: script.and_then(|script| script.downgrade_sql.as_deref()),
            rows_affected: (status == "done").then_some(done.rows_affected),
            statements: script.map_or(0, |script| script.statements.len()),
            error,
            note: note.as_deref(),
            place: script.map(|script| &script.place),
            host: &self.identity.host,
            actor: &self.identity.actor,
            git_commit: self.identity.git_commit.as_deref(),
            tag: self.tag,
        })
    }

    /// Sends one message and sorts out what came back.
    async fn deliver(
        &mut self,
        frame: &Frame<'_>,
        message: Vec<Part>,
        done: &mut Done,
    ) -> Result<Option<String>, Stop> {
        if message.is_empty() {
            return Ok(None);
        }
        let statement = message.iter().find_map(|part| match part.role {
            Role::Statement(index) => Some((index, part.sql.as_str())),
            _ => None,
        });
        let is_statement = |part: &&Part| matches!(part.role, Role::Statement(_));
        let several = message.iter().filter(is_statement).count();
        // Which of them the server is at, it does not say.
        let sql = match statement {
            Some((_, sql)) if several > 1 => format!("{several} statements from {sql}"),
            Some((_, sql)) => sql.to_owned(),
            None => String::new(),
        };
        let under = Under {
            revision: &frame.job.revision,
            statement: statement.map(|(index, _)| index),
            sql: &sql,
        };
        let texts: Vec<&str> = message.iter().map(|part| part.sql.as_str()).collect();
        // Only `rev`'s own answers are read; a SELECT in a revision may return more than fits into memory.
        let keep = message.iter().any(|part| part.role == Role::TransactionId);
        let sent = if keep {
            self.watch.over(&under, self.session.send(&texts)).await
        } else {
            self.watch
                .over(&under, self.session.send_discarding(&texts))
                .await
        };
        let answers = match sent {
            None => return Err(self.interrupted().into()),
            Some(Ok(answers)) => answers,
            Some(Err(SessionError::Lost { place, why })) => {
                return Err(Stop::Error(
                    RunError::ConnectionLost {
                        place,
                        why,
                        doing: Some(frame.job.revision.clone()),
                    }
                    .into(),
                ));
            }
            Some(Err(SessionError::Refused { part, error })) => {
                if error.sqlstate == QUERY_CANCELED && self.interrupt.signal().is_some() {
                    return Err(self.interrupted().into());
                }
                return Err(match message.get(part).map(|part| part.role) {
                    Some(Role::Statement(index)) => Stop::Statement(index, *error),
                    Some(Role::Row(_)) => Stop::Own("move the version row", *error),
                    _ => Stop::Own("keep rev's books", *error),
                });
            }
        };
        let mut id = None;
        for (part, answer) in message.iter().zip(&answers) {
            match part.role {
                Role::Own => {}
                Role::Statement(index) => {
                    if frame
                        .job
                        .script
                        .as_ref()
                        .is_some_and(|script| counts(&script.statements[index]))
                    {
                        done.rows_affected += answer.affected;
                    }
                }
                Role::Row(index) => self.check_row(frame.job, index, answer)?,
                Role::WhoRan => self.check_role(frame, answer)?,
                Role::TransactionId => {
                    id = answer.rows.first().map(|row| row.text(0).to_owned());
                }
            }
        }
        Ok(id)
    }

    /// The role of the settings must still be the current one: whatever ran after a change ran as somebody else.
    fn check_role(&self, frame: &Frame<'_>, answer: &Answer) -> Result<(), Stop> {
        let role = self.settings.books.role.as_deref().unwrap_or_default();
        let now = answer.rows.first().map_or("", |row| row.text(0));
        let Some(script) = frame.job.script.as_ref().filter(|_| now != role) else {
            return Ok(());
        };
        let changes = |index: &&usize| {
            let setting = &script.statements[**index].facts.setting;
            let names = ["role", "session_authorization"];
            setting
                .as_ref()
                .is_some_and(|setting| names.contains(&setting.name.as_str()))
        };
        let culprit = frame.statements.iter().rev().find(changes);
        let statement = culprit.map(|index| &script.statements[*index]);
        Err(Stop::Error(
            RunError::RoleChanged {
                revision: frame.job.revision.clone(),
                place: match statement {
                    Some(statement) => Place::at(&script.file, statement.line),
                    None => Place::file(&script.file),
                },
                statement: statement.map(|statement| crate::pg::lock::one_line(&statement.sql)),
                role: role.to_owned(),
                now: now.to_owned(),
            }
            .into(),
        ))
    }

    /// Compare and swap: exactly one row must have been there to change.
    fn check_row(&self, job: &Job, index: usize, answer: &Answer) -> Result<(), Stop> {
        if answer.affected == 1 {
            return Ok(());
        }
        let change = match &job.rows[index] {
            RowChange::Insert(id) => format!("`{id}` could not be added"),
            RowChange::Delete(id) => format!("`{id}` is no longer there"),
            RowChange::Update { from, .. } => format!("`{from}` is no longer there"),
        };
        Err(Stop::Error(
            RunError::RowsMoved {
                revision: job.revision.clone(),
                change,
            }
            .into(),
        ))
    }

    /// Evaluates a `rev:only-if` query inside the transaction.
    async fn holds(&mut self, frame: &Frame<'_>, index: usize, query: &str) -> Result<bool, Stop> {
        let under = Under {
            revision: &frame.job.revision,
            statement: Some(index),
            sql: query,
        };
        match self.watch.over(&under, self.session.rows(query)).await {
            None => Err(self.interrupted().into()),
            Some(Ok(rows)) => {
                let holds = rows
                    .first()
                    .is_some_and(|row| !matches!(row.get(0), None | Some("f" | "0" | "")));
                if !holds {
                    (self.events)(Event::Note {
                        message: format!(
                            "{}: statement {} is left out: rev:only-if does not hold",
                            frame.job.revision,
                            index + 1
                        ),
                    });
                }
                Ok(holds)
            }
            Some(Err(SessionError::Refused { error, .. })) => Err(Stop::Statement(index, *error)),
            Some(Err(error)) => Err(Stop::Error(
                RunError::bookkeeping("ask rev:only-if", error).into(),
            )),
        }
    }

    /// Sends COMMIT. It is not cancelled by a signal: it either happens or does not, and takes no time.
    async fn commit(&mut self) -> Result<(), Stop> {
        match self.session.execute("COMMIT").await {
            Ok(_) => {
                self.pending = None;
                Ok(())
            }
            Err(SessionError::Refused { error, .. }) => {
                // A deferred constraint: the server has rolled back.
                self.pending = None;
                Err(Stop::Own(COMMIT, *error))
            }
            Err(error) => Err(Stop::Error(RunError::bookkeeping(COMMIT, error).into())),
        }
    }

    async fn commit_failed(
        &mut self,
        revision: &str,
        job: Option<&Job>,
        stop: Stop,
    ) -> EngineError {
        match (stop, job) {
            (Stop::Own(COMMIT, fault), Some(job)) => self.refused_at_commit(job, fault).await,
            (Stop::Error(error), _) => error,
            (Stop::Own(doing, fault), _) => RunError::Bookkeeping {
                doing: doing.to_owned(),
                fault: Box::new(fault),
            }
            .into(),
            (Stop::Statement(_, fault), _) => RunError::Bookkeeping {
                doing: format!("commit `{revision}`"),
                fault: Box::new(fault),
            }
            .into(),
        }
    }

    async fn refused_at_commit(&mut self, job: &Job, fault: DatabaseFault) -> EngineError {
        let last = job
            .script
            .as_ref()
            .map_or(0, |script| script.statements.len());
        self.failed(job, last, fault, false).await
    }

    /// Rolls back; an error of its own only when the connection is gone, and then the server does it.
    pub async fn roll_back(&mut self) -> Result<(), EngineError> {
        if self.session.is_lost() || self.watch.gave_up {
            return Ok(());
        }
        // A statement that ignored its cancellation still occupies the connection: leave it to the server.
        let rolled_back =
            tokio::time::timeout(Duration::from_secs(2), self.session.execute("ROLLBACK")).await;
        match rolled_back {
            Ok(Err(SessionError::Lost { place, why })) if self.interrupt.signal().is_none() => {
                Err(RunError::ConnectionLost {
                    place,
                    why,
                    doing: None,
                }
                .into())
            }
            _ => Ok(()),
        }
    }

    /// Whether a transaction that lost should be tried again; waits before it says yes.
    async fn try_again(
        &mut self,
        stop: &Stop,
        begun: Instant,
        attempts: u32,
    ) -> Result<bool, EngineError> {
        let fault = match stop {
            Stop::Statement(_, fault) | Stop::Own(_, fault) if fault.is_transient() => fault,
            _ => return Ok(false),
        };
        let wait = pause(attempts, dice());
        if begun.elapsed() + wait > self.settings.patience() {
            return Ok(false);
        }
        let blockers = match self.watch.blockers.as_slice() {
            [] => String::new(),
            blockers => format!("; in the way: {}", blockers.join("; ")),
        };
        (self.events)(Event::Warning {
            message: format!(
                "attempt {attempts} was rolled back ({}){blockers}; trying again in {} ms",
                fault.message,
                wait.as_millis()
            ),
        });
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(true),
            _ = self.interrupt.wait() => Err(self.interrupted()),
        }
    }

    fn table_locked(&self, job: &Job, index: Option<usize>, attempts: u32) -> EngineError {
        let place = match (&job.script, index) {
            (Some(script), Some(index)) => Place::at(&script.file, script.statements[index].line),
            (Some(script), None) => Place::file(&script.file),
            (None, _) => Place::file(&job.revision),
        };
        RunError::TableLocked {
            revision: job.revision.clone(),
            place,
            attempts,
            lock_timeout: self.settings.lock_timeout,
            blockers: self.watch.blockers.clone(),
        }
        .into()
    }

    fn give_up(&self, job: &Job, stop: Stop, attempts: u32) -> EngineError {
        match stop {
            Stop::Error(error) => error,
            Stop::Own(_, fault) if fault.sqlstate == LOCK_NOT_AVAILABLE => {
                self.table_locked(job, None, attempts)
            }
            Stop::Own(doing, fault) => RunError::Bookkeeping {
                doing: doing.to_owned(),
                fault: Box::new(fault),
            }
            .into(),
            Stop::Statement(_, fault) => EngineError::Database(fault),
        }
    }

    /// Makes the error for a statement that failed, and writes it into the history.
    async fn failed(
        &mut self,
        job: &Job,
        index: usize,
        fault: DatabaseFault,
        journalled: bool,
    ) -> EngineError {
        let Some(script) = &job.script else {
            return EngineError::Database(fault);
        };
        let kept = if journalled {
            self.done_before(job).await
        } else {
            0
        };
        let failure = failure_of(script, index, fault, kept);
        let error = RunError::StatementFailed(Box::new(failure));
        let text = error.to_string();
        // The failure is worth a row, but a row that cannot be written is not worth hiding the failure.
        let books = &self.settings.books;
        let row = if journalled {
            books.finish_history(
                &self.identity.run_id,
                &job.revision,
                "failed",
                None,
                Some(&text),
            )
        } else {
            self.history_row(job, "failed", &Done::default(), Some(&text))
        };
        if !self.session.is_lost() {
            let role = books.as_role();
            let message: Vec<&str> = role.iter().map(String::as_str).chain([&*row]).collect();
            let written = self.session.send_discarding(&message);
            let _ = tokio::time::timeout(Duration::from_secs(2), written).await;
        }
        error.into()
    }

    async fn done_before(&mut self, job: &Job) -> usize {
        self.notes(job)
            .await
            .map(|notes| notes.values().filter(|note| note.done).count())
            .unwrap_or(0)
    }

    pub(super) fn interrupted(&self) -> EngineError {
        EngineError::Interrupted {
            signal: self.interrupt.signal().unwrap_or(libc::SIGINT),
        }
    }

    /// Stops between steps when a signal came.
    pub fn stop_if_told(&self) -> Result<(), EngineError> {
        match self.interrupt.signal() {
            Some(_) => Err(self.interrupted()),
            None => Ok(()),
        }
    }
}

mod batch;
mod pieces;

pub(crate) use pieces::Note;

const COMMIT: &str = "commit";

/// Whether the rows that a statement touches count as changed.
pub(super) fn counts(statement: &ScriptStatement) -> bool {
    statement.facts.class == rev_sql::Class::Dml
}

fn skipped_note(skipped: &[usize]) -> Option<String> {
    if skipped.is_empty() {
        return None;
    }
    let numbers: Vec<String> = skipped.iter().map(usize::to_string).collect();
    Some(format!(
        "left out by rev:only-if: statement {}",
        numbers.join(", ")
    ))
}

fn row_change(books: &crate::pg::Books, change: &RowChange) -> String {
    match change {
        RowChange::Insert(id) => books.insert_row(id.as_str()),
        RowChange::Delete(id) => books.delete_row(id.as_str()),
        RowChange::Update { from, to } => books.update_row(from.as_str(), to.as_str()),
    }
}

fn failure_of(
    script: &Script,
    index: usize,
    fault: DatabaseFault,
    kept: usize,
) -> StatementFailure {
    let total = script.statements.len();
    let aftermath = if kept > 0 {
        Aftermath::Kept(kept)
    } else {
        Aftermath::RolledBack
    };
    let action = script.direction.word();
    let revision = script.revision.clone();
    let Some(statement) = script.statements.get(index) else {
        // A deferred constraint or trigger speaks up at the end, and does not say for which statement.
        return StatementFailure {
            action,
            revision,
            place: Place::file(&script.file),
            number: total,
            total,
            excerpt: "(at COMMIT: a deferred constraint or trigger)".to_owned(),
            fault,
            aftermath,
        };
    };
    let line_within = fault.line_in(&statement.sql).unwrap_or(1);
    let excerpt = statement
        .sql
        .lines()
        .nth(line_within as usize - 1)
        .unwrap_or("")
        .trim();
    StatementFailure {
        action,
        revision,
        place: Place::at(&script.file, statement.line + line_within - 1),
        number: index + 1,
        total,
        excerpt: crate::pg::lock::one_line(excerpt),
        fault,
        aftermath,
    }
}

/// The notes of a revision under way, by statement.
pub(super) type Notes = HashMap<usize, Note>;
