//! A command on a live database, from the first connection to the last commit.
//!
//! 1. Connect and look: one query. Nothing to do ends here, without a lock and without a write.
//! 2. Take the lock on that same connection, polling; look again, for the work may have been done meanwhile.
//! 3. Open a second connection for the work, wait until no backend of a dead runner is at work any more, look once more.
//! 4. Carry the steps out.
//!
//! Whatever breaks the connection leads back to 1: the database says what is done, nobody has to remember. A COMMIT
//! whose answer was lost is looked up by its transaction id first.

use super::around::Around;
use super::error::RunError;
use super::execute::{Done, Job, PendingCommit, Worker};
use super::identity::Identity;
use super::interrupt::Interrupt;
use super::load;
use super::rights::{self, Needs};
use super::settings::{RESET_SESSION, RunSettings, UNLIMITED};
use super::stored;
use super::watch::Watch;
use crate::commands::plan::{Planned, plan};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::history::History;
use crate::pg::lock::{Attempt, LockKeys, attempt, dice, holder, lock_pause};
use crate::pg::sqlstate::{INVALID_SCHEMA, UNDEFINED_TABLE};
use crate::pg::tables::Layout;
use crate::pg::{
    Books, ConnectOptions, Session, SessionError, State, TextRow, connect, connect_noting,
};
use crate::settings::TransactionScope;
use rev_dag::{Action, GraphError, Plan, Step};
use std::time::{Duration, Instant};

/// How often a run starts over because its connection broke.
const RECONNECTIONS: u32 = 3;
/// How long a server that went away may stay away.
const RECONNECT_WAIT: Duration = Duration::from_secs(30);

/// A runner that waits for the lock stays connected during pauses up to this.
const KEEP_CONNECTED: Duration = Duration::from_millis(300);

/// Bytes of scripts that a run keeps in memory ahead of their turn.
const KEPT: usize = 64 * 1024;

/// Who says yes to what loses data.
#[derive(Clone, Copy)]
pub enum Consent<'a> {
    /// `--yes`.
    Given,
    /// Somebody is asked; `false` stops the command.
    Ask(&'a dyn Fn(&[String]) -> bool),
    /// Nobody is there to ask.
    Missing,
}

/// What is to be carried out, and how.
pub struct Carry<'a> {
    /// Where.
    pub connect: &'a ConnectOptions,
    /// The settings.
    pub settings: &'a RunSettings,
    /// Who.
    pub identity: &'a Identity,
    /// The revisions.
    pub history: &'a History,
    /// The command.
    pub planned: Planned<'a>,
    /// Whether data may be lost by a downgrade.
    pub consent: Consent<'a>,
    /// Roll everything back at the end.
    pub dry_run: bool,
    /// Ends in the history.
    pub tag: Option<&'a str>,
    /// Precautions.
    pub around: Option<&'a dyn Around>,
    /// Progress.
    pub events: EventSink<'a>,
    /// Stops it.
    pub interrupt: &'a Interrupt,
}

/// What a command did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunReport {
    /// The version rows before.
    pub from: Vec<String>,
    /// The steps that were carried out, in order.
    pub steps: Vec<StepReport>,
    /// The version rows after.
    pub heads_after: Vec<String>,
    /// What a person should know besides.
    pub notes: Vec<String>,
    /// Everything was rolled back again.
    pub dry_run: bool,
    /// How long it took.
    pub duration: Duration,
    /// How long of this went by waiting for another runner.
    pub waited: Duration,
}

/// One step that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// "upgrade", "downgrade", "stamp" or "unstamp".
    pub action: &'static str,
    /// The revision.
    pub revision: String,
    /// The first line of its message.
    pub message: String,
    /// Rows its statements changed.
    pub rows_affected: u64,
    /// Statements that `rev:only-if` left out, from 1.
    pub skipped: Vec<usize>,
    /// How long it took.
    pub duration: Duration,
}

/// Looks at the database: one message on the usual path.
///
/// # Errors
/// The connection broke, or the role may not read the version table.
pub async fn look(session: &mut Session, books: &Books) -> Result<State, EngineError> {
    let look = books.look();
    let message: Vec<&str> = look.iter().map(String::as_str).collect();
    let facts = look.len() - 2;
    match session.send(&message).await {
        Ok(answers) => Ok(State::of_look(&answers)),
        Err(SessionError::Refused { part, error }) if part < facts => Err(RunError::RoleRefused {
            role: books.role.clone().unwrap_or_default(),
            place: session.place().to_owned(),
            fault: error,
        }
        .into()),
        Err(error) if error.is(UNDEFINED_TABLE) || error.is(INVALID_SCHEMA) => {
            let facts = books
                .rows(session, &look[facts])
                .await
                .map_err(|error| RunError::bookkeeping("look at the database", error))?;
            Ok(State::read(
                facts.first().unwrap_or(&TextRow::default()),
                None,
            ))
        }
        Err(error) => Err(RunError::bookkeeping("read the version table", error).into()),
    }
}

/// Looks at how `rev`'s tables are built, before something is written.
pub(crate) async fn look_at_layout(
    session: &mut Session,
    books: &Books,
    state: &State,
) -> Result<Layout, EngineError> {
    let rows = books
        .rows(session, &books.layout())
        .await
        .map_err(|error| RunError::bookkeeping("look at rev's tables", error))?;
    Ok(Layout::read(
        rows.first().unwrap_or(&TextRow::default()),
        state,
    ))
}

/// Carries a command out, from a connection and what it saw.
///
/// # Errors
/// Whatever stopped it; the steps before are done and stay done.
pub async fn carry(
    carry: &Carry<'_>,
    session: Session,
    state: State,
) -> Result<RunReport, EngineError> {
    let error = match carry.until_done(session, state).await {
        Err(error @ EngineError::Graph(GraphError::UnknownRow { .. })) => error,
        other => return other,
    };
    // A newer release was here. The connection went with the attempt; what it left to read is worth another one.
    match connect(&carry.connect.clone().waiting(None)).await {
        Ok(mut session) => Err(stored::explain(&mut session, &carry.settings.books, error).await),
        Err(_) => Err(error),
    }
}

impl Carry<'_> {
    async fn until_done(&self, session: Session, state: State) -> Result<RunReport, EngineError> {
        let carry = self;
        let started = Instant::now();
        let mut report = RunReport {
            from: state.rows.clone(),
            heads_after: state.rows.clone(),
            dry_run: carry.dry_run,
            ..RunReport::default()
        };
        let mut session = session;
        let mut state = state;
        let mut reconnections = 0;
        loop {
            let mut pending = None;
            let error = match carry
                .attempt(session, &state, &mut report, &mut pending)
                .await
            {
                Ok(()) => {
                    report.duration = started.elapsed();
                    return Ok(report);
                }
                Err(error) => error,
            };
            let lost = matches!(&error, EngineError::Run(error) if error.is_lost_connection());
            if !lost || reconnections == RECONNECTIONS || carry.interrupt.signal().is_some() {
                return Err(error);
            }
            reconnections += 1;
            (carry.events)(Event::Warning {
                message: format!("{error}; connecting again"),
            });
            let patient = carry.connect.clone().waiting(Some(RECONNECT_WAIT));
            session = connect(&patient).await.map_err(RunError::from)?;
            if let Some(commit) = pending {
                carry.resolve(&mut session, &commit).await?;
            }
            state = look(&mut session, &carry.settings.books).await?;
            // Steps that the database says are done, and whose commit this run did not see.
            report.heads_after = state.rows.clone();
        }
    }

    fn plan(&self, state: &State) -> Result<Plan, EngineError> {
        plan(&self.history.graph, &state.rows, self.planned)
    }

    async fn attempt(
        &self,
        session: Session,
        state: &State,
        report: &mut RunReport,
        pending: &mut Option<PendingCommit>,
    ) -> Result<(), EngineError> {
        let plan = self.plan(state)?;
        if plan.is_empty() {
            self.note(&plan, report);
            session.close().await;
            return Ok(());
        }
        refuse_read_only(state, session.place())?;
        self.ask(&plan)?;
        let waited = Instant::now();
        let is_done = |state: &State| self.plan(state).is_ok_and(|plan| plan.is_empty());
        let taken = take_lock_unless(
            session,
            self.connect,
            self.settings,
            self.identity,
            self.events,
            self.interrupt,
            Some(&is_done),
        )
        .await?;
        report.waited += waited.elapsed();
        let (guard, locked) = match taken {
            Taken::Locked(guard, locked) => (guard, locked),
            Taken::NotNeeded(session, now) => {
                self.note(&self.plan(&now)?, report);
                report.heads_after = now.rows;
                session.close().await;
                return Ok(());
            }
        };
        let outcome = self
            .locked(&guard, locked, plan, state, report, pending)
            .await;
        let (mut guard, outcome) = match outcome {
            Ok(None) => (guard, Ok(())),
            Ok(Some(worker)) => {
                worker.close().await;
                (guard, Ok(()))
            }
            Err(error) => {
                self.failed(&error).await;
                (guard, Err(error))
            }
        };
        if !guard.is_lost() {
            let _ = tokio::time::timeout(Duration::from_secs(1), guard.execute("ROLLBACK")).await;
        }
        guard.close().await;
        outcome
    }

    /// A lost connection is had again and a signal is obeyed: neither is a failure yet.
    async fn failed(&self, error: &EngineError) {
        let passes = match error {
            EngineError::Run(error) => error.is_lost_connection(),
            EngineError::Interrupted { .. } => true,
            _ => false,
        };
        if let Some(around) = self.around.filter(|_| !passes) {
            around.failed(error).await;
        }
    }

    /// What happens while the lock is held. Returns the worker's connection, if one was needed.
    async fn locked(
        &self,
        guard: &Session,
        locked: Option<State>,
        mut plan: Plan,
        seen: &State,
        report: &mut RunReport,
        pending: &mut Option<PendingCommit>,
    ) -> Result<Option<Session>, EngineError> {
        let mut state = locked.unwrap_or_else(|| State {
            rows: Vec::new(),
            ..seen.clone()
        });
        if state.rows != seen.rows {
            plan = self.plan(&state)?;
            report.heads_after = state.rows.clone();
            if plan.is_empty() {
                self.note(&plan, report);
                return Ok(None);
            }
        }
        let _ = guard;
        let mut session = self.open_worker().await?;
        self.wait_for_orphans(&mut session).await?;
        let now = look(&mut session, &self.settings.books).await?;
        if now.rows != state.rows {
            plan = self.plan(&now)?;
            report.heads_after = now.rows.clone();
        }
        state = now;
        self.note(&plan, report);
        if plan.is_empty() {
            return Ok(Some(session));
        }
        let layout = look_at_layout(&mut session, &self.settings.books, &state).await?;
        let prelude = self.prelude(layout, &plan);
        if matches!(self.planned, Planned::Upgrade(_)) && state.has_history {
            load::check_checksums(
                &mut session,
                &self.settings.books,
                self.history,
                &state.rows,
            )
            .await?;
        }
        // Every script is read, checked and judged before the first one runs: a fault in the fifth revision must not cost
        // four.
        let as_one = self.dry_run || self.settings.scope == TransactionScope::Run;
        let mut needs = Needs::new(&self.settings.default_schema);
        let jobs = self.jobs(&plan, as_one, &mut needs)?;
        rights::preflight(&mut session, &self.settings.books, &needs).await?;
        drop(needs);
        if let Some(around) = self.around {
            around.before().await?;
        }
        let mut worker = Worker {
            session,
            settings: self.settings,
            identity: self.identity,
            events: self.events,
            interrupt: self.interrupt,
            watch: Watch::new(
                self.connect,
                self.identity.worker_name(),
                self.events,
                self.interrupt,
            ),
            tag: self.tag,
            pending: None,
        };
        let outcome = if as_one {
            self.steps_as_one(&mut worker, &plan, &jobs, prelude, report)
                .await
        } else {
            worker.prepare(&prelude).await?;
            self.steps(&mut worker, &plan, jobs, report).await
        };
        *pending = worker.pending.take();
        let Worker {
            mut session, watch, ..
        } = worker;
        let usable = !watch.gave_up;
        watch.close().await;
        if let Err(error) = outcome {
            if usable {
                tidy(&mut session).await;
            }
            return Err(error);
        }
        if let Some(around) = self.around {
            around.after().await?;
        }
        Ok(Some(session))
    }

    async fn steps(
        &self,
        worker: &mut Worker<'_>,
        plan: &Plan,
        jobs: Vec<Job>,
        report: &mut RunReport,
    ) -> Result<(), EngineError> {
        let total = plan.steps.len();
        let mut jobs = jobs.into_iter();
        for (number, (step, rows)) in plan.steps.iter().zip(plan.rows_along()).enumerate() {
            worker.stop_if_told()?;
            let job = match jobs.next() {
                Some(job) => job,
                None => self.job(step)?,
            };
            worker.announce(&job, number + 1, total);
            let started = Instant::now();
            let done = worker.step(&job).await?;
            let duration = started.elapsed();
            worker.report(&job, duration, &done);
            report.steps.push(step_report(&job, done, duration));
            report.heads_after = ids(&rows);
        }
        Ok(())
    }

    async fn steps_as_one(
        &self,
        worker: &mut Worker<'_>,
        plan: &Plan,
        jobs: &[Job],
        prelude: Vec<String>,
        report: &mut RunReport,
    ) -> Result<(), EngineError> {
        let started = Instant::now();
        let done = worker.as_one(jobs, &prelude, !self.dry_run).await?;
        let duration = started.elapsed() / u32::try_from(jobs.len().max(1)).unwrap_or(1);
        for (job, done) in jobs.iter().zip(done) {
            report.steps.push(step_report(job, done, duration));
        }
        if !self.dry_run {
            report.heads_after = ids(&plan.heads_after());
        }
        Ok(())
    }

    /// The plan's scripts, read and checked. Only the first ones are returned, up to [`KEPT`], unless all are asked for:
    /// of the others a run of ten thousand reads each again when its turn comes.
    fn jobs(&self, plan: &Plan, all: bool, needs: &mut Needs) -> Result<Vec<Job>, EngineError> {
        let mut jobs = Vec::new();
        let mut size = 0;
        for step in &plan.steps {
            let job = self.job(step)?;
            if let Some(script) = &job.script {
                load::check(script)?;
                needs.add(script);
                size +=
                    script.upgrade_sql.len() + script.downgrade_sql.as_ref().map_or(0, String::len);
            }
            if all || size <= KEPT {
                jobs.push(job);
            }
        }
        if all {
            load::refuse_alone(&jobs, self.dry_run)?;
        }
        Ok(jobs)
    }

    fn job(&self, step: &Step) -> Result<Job, EngineError> {
        let script = match step.action {
            Action::Upgrade => Some(load::upgrade(self.history, &step.revision)?),
            Action::Downgrade => Some(load::downgrade(self.history, &step.revision)?),
            Action::Stamp | Action::Unstamp => None,
        };
        Ok(Job {
            revision: step.revision.to_string(),
            action: step.action.as_str(),
            message: load::message(self.history, &step.revision),
            script,
            rows: step.rows.clone(),
        })
    }

    /// Our tables, where they are missing or old; and room for long identifiers in Alembic's.
    fn prelude(&self, layout: Layout, plan: &Plan) -> Vec<String> {
        let books = &self.settings.books;
        let mut statements = Vec::new();
        if !layout.is_complete {
            statements.extend(books.create());
        }
        let widest = plan
            .steps
            .iter()
            .map(|step| step.revision.as_str().chars().count())
            .max();
        if layout.widest_row < widest && layout.widest_row.is_some() {
            statements.push(books.widen());
        }
        statements
    }

    /// The second connection. Waiters may have taken the last free one; one of them will give up its place.
    async fn open_worker(&self) -> Result<Session, EngineError> {
        let patient = self.connect.clone().waiting(Some(RECONNECT_WAIT));
        Ok(connect_noting(&patient, &mut |error| {
            (self.events)(Event::Warning {
                message: error.to_string(),
            });
        })
        .await
        .map_err(RunError::from)?)
    }

    /// Waits until no transaction of a dead runner is open any more. From then on what is read is final.
    async fn wait_for_orphans(&self, session: &mut Session) -> Result<(), EngineError> {
        let work = LockKeys::of(&self.settings.books).work;
        let query = format!("SELECT pg_catalog.pg_try_advisory_xact_lock({work})");
        let started = Instant::now();
        let mut said = false;
        session
            .execute(&RunSettings::session_start())
            .await
            .map_err(|error| RunError::bookkeeping("prepare the session", error))?;
        loop {
            let rows = session
                .rows(&query)
                .await
                .map_err(|error| RunError::bookkeeping("take the work lock", error))?;
            if rows.first().is_some_and(|row| row.is_true(0)) {
                return Ok(());
            }
            if !said && started.elapsed() > Duration::from_secs(1) {
                said = true;
                (self.events)(Event::Waiting {
                    what:
                        "a transaction of an earlier run, whose end the server has not noticed yet"
                            .to_owned(),
                    waited: started.elapsed(),
                });
            }
            if started.elapsed() > self.settings.patience() {
                return Err(RunError::LockNotObtained {
                    holder: "a transaction of an earlier run is still open".to_owned(),
                    waited: started.elapsed(),
                }
                .into());
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
                signal = self.interrupt.wait() => return Err(EngineError::Interrupted { signal }),
            }
        }
    }

    /// Finds out what became of a COMMIT whose answer was lost.
    async fn resolve(
        &self,
        session: &mut Session,
        commit: &PendingCommit,
    ) -> Result<(), EngineError> {
        let query = format!(
            "SELECT pg_catalog.pg_xact_status({}::pg_catalog.xid8)",
            rev_sql::quote_literal(&commit.transaction)
        );
        loop {
            let rows = session
                .rows(&query)
                .await
                .map_err(|error| RunError::bookkeeping("ask for a commit's fate", error))?;
            let status = rows.first().map_or("", |row| row.text(0)).to_owned();
            if status != "in progress" {
                let revisions = commit.revisions.join(", ");
                (self.events)(Event::Note {
                    message: format!("the commit of {revisions} was {status}"),
                });
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
                signal = self.interrupt.wait() => return Err(EngineError::Interrupted { signal }),
            }
        }
    }

    /// Refuses a way back that is none, and asks before data is lost.
    fn ask(&self, plan: &Plan) -> Result<(), EngineError> {
        let losses = load::losses(self.history, plan)?;
        if losses.is_empty() {
            return Ok(());
        }
        match self.consent {
            Consent::Given => Ok(()),
            Consent::Ask(ask) if ask(&losses) => Ok(()),
            _ if self.dry_run => Ok(()),
            _ => Err(RunError::NeedsConsent { losses }.into()),
        }
    }

    fn note(&self, plan: &Plan, report: &mut RunReport) {
        for note in &plan.notes {
            let text = note.to_string();
            if !report.notes.contains(&text) {
                (self.events)(Event::Note {
                    message: text.clone(),
                });
                report.notes.push(text);
            }
        }
    }
}

/// Polls for the lock; on the way it says who holds it.
pub(crate) async fn take_lock(
    session: Session,
    connect: &ConnectOptions,
    settings: &RunSettings,
    identity: &Identity,
    events: EventSink<'_>,
    interrupt: &Interrupt,
) -> Result<(Session, Option<State>), EngineError> {
    let taken = take_lock_unless(
        session, connect, settings, identity, events, interrupt, None,
    );
    Ok(match taken.await? {
        Taken::Locked(session, state) => (session, state),
        Taken::NotNeeded(session, state) => (session, Some(state)),
    })
}

/// What waiting for the lock led to.
enum Taken {
    /// The lock is held by this connection; with the state as read since, unless the tables are missing.
    Locked(Session, Option<State>),
    /// Somebody else has done the work meanwhile.
    NotNeeded(Session, State),
}

/// [`take_lock`], but whoever waits also looks whether there is anything left to do: the other runner's last commit
/// ends the waiting of all, where they would otherwise take the lock one after the other only to see that.
async fn take_lock_unless(
    mut session: Session,
    connect: &ConnectOptions,
    settings: &RunSettings,
    identity: &Identity,
    events: EventSink<'_>,
    interrupt: &Interrupt,
    is_done: Option<&dyn Fn(&State) -> bool>,
) -> Result<Taken, EngineError> {
    let books = &settings.books;
    let started = Instant::now();
    let patience = settings.patience();
    let mut said = Instant::now();
    let mut named: Option<String> = None;
    loop {
        if let Some(signal) = interrupt.signal() {
            return Err(EngineError::Interrupted { signal });
        }
        let tried = attempt(&mut session, books, &identity.guard_name())
            .await
            .map_err(|error| RunError::bookkeeping("take the lock", error))?;
        if let Attempt::Obtained(state) = tried {
            return Ok(Taken::Locked(session, state));
        }
        if let Some(is_done) = is_done
            && let Some(state) = look_again(&mut session, books).await?
            && is_done(&state)
        {
            return Ok(Taken::NotNeeded(session, state));
        }
        let is_due = named.is_none() || said.elapsed() > Duration::from_secs(5);
        if is_due && let Some(holder) = holder(&mut session, books).await {
            let holder = holder.to_string();
            (events)(Event::Waiting {
                what: format!("the lock held by {holder}"),
                waited: started.elapsed(),
            });
            named = Some(holder);
            said = Instant::now();
        }
        let wait = lock_pause(started.elapsed(), dice());
        if started.elapsed() + wait > patience && patience != UNLIMITED {
            return Err(RunError::LockNotObtained {
                holder: named.unwrap_or_else(|| "it cannot be seen which".to_owned()),
                waited: started.elapsed(),
            }
            .into());
        }
        // Whoever waits longer lets go of the connection meanwhile: behind a pooler in session mode, or on a server
        // that is full, it may be the one that the holder needs for its work.
        if wait <= KEEP_CONNECTED {
            nap(wait, interrupt).await?;
            continue;
        }
        session.close().await;
        nap(wait, interrupt).await?;
        let patient = connect.clone().waiting(Some(RECONNECT_WAIT));
        session = crate::pg::connect(&patient).await.map_err(RunError::from)?;
    }
}

/// Leaves nothing on a server connection that a pooler may give to somebody else: no role above all.
async fn tidy(session: &mut Session) {
    if !session.is_lost() {
        let reset = session.send_discarding(&RESET_SESSION);
        let _ = tokio::time::timeout(Duration::from_secs(1), reset).await;
    }
}

/// The state as it is now; none while there is no version table, which is no error on the server this way.
async fn look_again(session: &mut Session, books: &Books) -> Result<Option<State>, EngineError> {
    let look = books.look();
    let [.., facts, rows] = look.as_slice() else {
        return Ok(None);
    };
    let failed = |error| RunError::bookkeeping("look at the database", error);
    let facts = books.rows(session, facts).await.map_err(failed)?;
    let facts = facts.first().cloned().unwrap_or_default();
    if !State::read(&facts, None).has_version_table {
        return Ok(None);
    }
    let rows = books.rows(session, rows).await.map_err(failed)?;
    Ok(Some(State::read(&facts, Some(&rows))))
}

/// Sleeps, unless a signal comes.
async fn nap(time: Duration, interrupt: &Interrupt) -> Result<(), EngineError> {
    tokio::select! {
        () = tokio::time::sleep(time) => Ok(()),
        signal = interrupt.wait() => Err(EngineError::Interrupted { signal }),
    }
}

/// Refuses a server that takes no changes, before anything starts.
pub(crate) fn refuse_read_only(state: &State, place: &str) -> Result<(), EngineError> {
    let place = place.to_owned();
    if state.in_recovery {
        return Err(RunError::Replica { place }.into());
    }
    if state.read_only {
        return Err(RunError::ReadOnly { place }.into());
    }
    Ok(())
}

fn step_report(job: &Job, done: Done, duration: Duration) -> StepReport {
    StepReport {
        action: job.action,
        revision: job.revision.clone(),
        message: job.message.clone(),
        rows_affected: done.rows_affected,
        skipped: done.skipped,
        duration,
    }
}

fn ids(ids: &[rev_dag::RevisionId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

impl From<SessionError> for EngineError {
    fn from(error: SessionError) -> EngineError {
        RunError::bookkeeping("talk to the server", error).into()
    }
}
