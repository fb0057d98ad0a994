//! Keeping an eye on a statement that takes its time: who blocks it, how far it is, and whether it should stop.
//!
//! The eye is a connection of its own, opened when something has taken a second, each look a transaction of its own
//! (see [`crate::pg::lock`] for why it cannot share the lock's connection).

use super::interrupt::Interrupt;
use crate::events::{Event, EventSink, StatementProgress};
use crate::pg::lock::one_line;
use crate::pg::{ConnectOptions, Session, TextRow, connect};
use std::future::Future;
use std::time::{Duration, Instant};

/// What is quicker than this is not worth a look.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// The time between looks.
const EVERY: Duration = Duration::from_millis(500);
/// How long a cancelled statement may take to end. With what follows, a stop stays below the ten seconds after which
/// Docker kills.
const CANCEL_GRACE: Duration = Duration::from_secs(4);
/// How long to wait for the eye itself.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// Watches one worker.
pub(crate) struct Watch<'a> {
    connect: &'a ConnectOptions,
    worker_name: String,
    session: Option<Session>,
    events: EventSink<'a>,
    interrupt: &'a Interrupt,
    /// Progress of the statement under way was told.
    told: bool,
    /// A statement was cancelled and did not end: the worker's connection is of no use any more.
    pub gave_up: bool,
    /// Who was seen in the way, last time somebody was.
    pub blockers: Vec<String>,
}

impl<'a> Watch<'a> {
    pub fn new(
        connect: &'a ConnectOptions,
        worker_name: String,
        events: EventSink<'a>,
        interrupt: &'a Interrupt,
    ) -> Watch<'a> {
        Watch {
            connect,
            worker_name,
            session: None,
            events,
            interrupt,
            told: false,
            gave_up: false,
            blockers: Vec::new(),
        }
    }

    /// Awaits `work`, reporting what holds it up. A signal cancels the statement on the server; `None` means that even
    /// then it did not end in time.
    pub async fn over<F: Future>(&mut self, under: &Under<'_>, work: F) -> Option<F::Output> {
        let mut work = std::pin::pin!(work);
        let started = Instant::now();
        let mut pause = FIRST_LOOK;
        let interrupt = self.interrupt;
        loop {
            tokio::select! {
                biased;
                output = &mut work => {
                    self.finished(under, started);
                    return Some(output);
                }
                _ = interrupt.wait() => break,
                () = tokio::time::sleep(pause) => {
                    pause = EVERY;
                    self.look(under, started).await;
                }
            }
        }
        let deadline = Instant::now() + CANCEL_GRACE;
        while Instant::now() < deadline {
            self.cancel().await;
            if let Ok(output) = tokio::time::timeout(EVERY, &mut work).await {
                return Some(output);
            }
        }
        self.gave_up = true;
        None
    }

    /// The connection, if one can be had.
    async fn session(&mut self) -> Option<&mut Session> {
        if self.session.as_ref().is_none_or(Session::is_lost) {
            let once = self.connect.clone().waiting(None);
            let connected = tokio::time::timeout(CONNECT_LIMIT, connect(&once)).await;
            self.session = connected.ok()?.ok();
        }
        self.session.as_mut()
    }

    async fn cancel(&mut self) {
        let query = format!(
            "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity \
             WHERE application_name = {} AND datname = pg_catalog.current_database() AND state = 'active'",
            rev_sql::quote_literal(&self.worker_name)
        );
        if let Some(session) = self.session().await {
            let _ = tokio::time::timeout(CONNECT_LIMIT, session.rows(&query)).await;
        }
    }

    async fn look(&mut self, under: &Under<'_>, started: Instant) {
        let name = self.worker_name.clone();
        let Some(session) = self.session().await else {
            return;
        };
        let query = look_query(&name, session.version());
        let Ok(Ok(rows)) = tokio::time::timeout(CONNECT_LIMIT, session.rows(&query)).await else {
            return;
        };
        let (blocks, progress): (Vec<&TextRow>, Vec<&TextRow>) =
            rows.iter().partition(|row| row.text(0) == "blocked");
        if !blocks.is_empty() {
            self.blockers = blocks.iter().map(|row| row.text(1).to_owned()).collect();
            for blocker in &self.blockers {
                (self.events)(Event::Waiting {
                    what: format!("{}: blocked by {blocker}", label(under.revision, under.sql)),
                    waited: started.elapsed(),
                });
            }
            return;
        }
        let Some(statement) = under.statement else {
            return;
        };
        self.told = true;
        let row = progress.first();
        (self.events)(Event::StatementProgress(StatementProgress {
            revision: under.revision.to_owned(),
            statement: statement + 1,
            sql: one_line(under.sql),
            phase: row
                .map(|row| row.text(1).to_owned())
                .filter(|phase| !phase.is_empty()),
            unit: row.and_then(|row| unit(row.text(4))),
            done: row.and_then(|row| row.number(2)).unwrap_or(0),
            total: row.and_then(|row| row.number(3)).filter(|total| *total > 0),
            rate: None,
            elapsed: started.elapsed(),
        }));
    }

    /// Says that a statement of which progress was told is over.
    pub fn finished(&mut self, under: &Under<'_>, started: Instant) {
        if let (true, Some(statement)) = (std::mem::take(&mut self.told), under.statement) {
            (self.events)(Event::StatementFinished {
                revision: under.revision.to_owned(),
                statement: statement + 1,
                duration: started.elapsed(),
            });
        }
    }

    /// Gives the connection back.
    pub async fn close(self) {
        if let Some(session) = self.session {
            session.close().await;
        }
    }
}

/// What is under way, for whoever is told.
#[derive(Clone, Copy)]
pub(crate) struct Under<'u> {
    pub revision: &'u str,
    /// The statement's index; none for what `rev` does for itself.
    pub statement: Option<usize>,
    pub sql: &'u str,
}

/// The units of the query below.
fn unit(name: &str) -> Option<&'static str> {
    ["blocks", "tuples", "bytes", "lockers", "tables"]
        .into_iter()
        .find(|unit| *unit == name)
}

/// The views that tell how far a statement is, each as phase, done, total and unit. CREATE INDEX also stands for REINDEX.
const PROGRESS: &[(u32, &str)] = &[
    (
        130_000,
        "SELECT phase, CASE WHEN phase LIKE 'waiting%' THEN lockers_done WHEN phase LIKE '%tuples%' THEN tuples_done ELSE blocks_done END, \
         CASE WHEN phase LIKE 'waiting%' THEN lockers_total WHEN phase LIKE '%tuples%' THEN tuples_total ELSE blocks_total END, \
         CASE WHEN phase LIKE 'waiting%' THEN 'lockers' WHEN phase LIKE '%tuples%' THEN 'tuples' ELSE 'blocks' END \
         FROM pg_catalog.pg_stat_progress_create_index JOIN worker USING (pid)",
    ),
    (
        130_000,
        "SELECT phase, CASE phase WHEN 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END, heap_blks_total, 'blocks' \
         FROM pg_catalog.pg_stat_progress_vacuum JOIN worker USING (pid)",
    ),
    (
        130_000,
        "SELECT phase, CASE WHEN heap_blks_total > 0 THEN heap_blks_scanned ELSE heap_tuples_scanned END, heap_blks_total, \
         CASE WHEN heap_blks_total > 0 THEN 'blocks' ELSE 'tuples' END FROM pg_catalog.pg_stat_progress_cluster JOIN worker USING (pid)",
    ),
    (
        130_000,
        "SELECT phase, sample_blks_scanned, sample_blks_total, 'blocks' FROM pg_catalog.pg_stat_progress_analyze JOIN worker USING (pid)",
    ),
    (
        140_000,
        "SELECT '', CASE WHEN bytes_total > 0 THEN bytes_processed ELSE tuples_processed END, bytes_total, \
         CASE WHEN bytes_total > 0 THEN 'bytes' ELSE 'tuples' END FROM pg_catalog.pg_stat_progress_copy JOIN worker USING (pid)",
    ),
];

/// One query for both questions: who blocks the worker, and how far it is.
fn look_query(worker_name: &str, version: u32) -> String {
    let mut query = format!(
        "WITH worker AS (SELECT pid FROM pg_catalog.pg_stat_activity WHERE application_name = {} \
           AND datname = pg_catalog.current_database() AND state = 'active'), \
         blockers AS (SELECT DISTINCT b.pid FROM worker, pg_catalog.unnest(pg_catalog.pg_blocking_pids(worker.pid)) AS b(pid)) \
         SELECT 'blocked', 'pid ' || a.pid || COALESCE(' (' || NULLIF(a.application_name, '') || ')', '') \
           || ', ' || COALESCE(a.state, '?') || ' for ' || COALESCE(pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - COALESCE(a.xact_start, a.query_start))::pg_catalog.text, '?') \
           || ': ' || pg_catalog.left(pg_catalog.regexp_replace(COALESCE(a.query, ''), '\\s+', ' ', 'g'), 100), NULL::pg_catalog.text, NULL::pg_catalog.text, NULL::pg_catalog.text \
           FROM blockers JOIN pg_catalog.pg_stat_activity a USING (pid)",
        rev_sql::quote_literal(worker_name)
    );
    for (_, view) in PROGRESS.iter().filter(|(since, _)| version >= *since) {
        query.push_str(&format!(
            " UNION ALL SELECT 'progress', p.phase, p.done::pg_catalog.text, p.total::pg_catalog.text, p.unit FROM ({view}) AS p (phase, done, total, unit)"
        ));
    }
    query
}

/// A statement's beginning, for events.
pub(crate) fn label(revision: &str, sql: &str) -> String {
    format!("{revision}: {}", one_line(sql))
}
