//! Keeping an eye on a statement that takes its time: who blocks it, how far it is, and whether it should stop.
//!
//! The eye is a connection of its own, opened when something has taken a second, each look a transaction of its own
//! (see [`crate::pg::lock`] for why it cannot share the lock's connection).

use super::interrupt::Interrupt;
use crate::events::{Event, EventSink};
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
            gave_up: false,
            blockers: Vec::new(),
        }
    }

    /// Awaits `work`, reporting what holds it up. A signal cancels the statement on the server; `None` means that even
    /// then it did not end in time.
    pub async fn over<F: Future>(&mut self, what: &str, work: F) -> Option<F::Output> {
        let mut work = std::pin::pin!(work);
        let started = Instant::now();
        let mut pause = FIRST_LOOK;
        let interrupt = self.interrupt;
        loop {
            tokio::select! {
                biased;
                output = &mut work => return Some(output),
                _ = interrupt.wait() => break,
                () = tokio::time::sleep(pause) => {
                    pause = EVERY;
                    self.look(what, started).await;
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

    async fn look(&mut self, what: &str, started: Instant) {
        let query = look_query(&self.worker_name);
        let Some(session) = self.session().await else {
            return;
        };
        let Ok(Ok(rows)) = tokio::time::timeout(CONNECT_LIMIT, session.rows(&query)).await else {
            return;
        };
        let (blocks, progress): (Vec<&TextRow>, Vec<&TextRow>) =
            rows.iter().partition(|row| row.text(0) == "blocked");
        if !blocks.is_empty() {
            self.blockers = blocks.iter().map(|row| row.text(1).to_owned()).collect();
            for blocker in &self.blockers {
                (self.events)(Event::Waiting {
                    what: format!("{what}: blocked by {blocker}"),
                    waited: started.elapsed(),
                });
            }
            return;
        }
        for row in progress {
            (self.events)(Event::Progress {
                what: format!("{what}: {}", row.text(1)),
                done: row.number(2).unwrap_or(0),
                total: row.number(3).filter(|total| *total > 0),
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

/// One query for both questions: who blocks the worker, and how far it is.
fn look_query(worker_name: &str) -> String {
    format!(
        "WITH worker AS (SELECT pid FROM pg_catalog.pg_stat_activity WHERE application_name = {} \
           AND datname = pg_catalog.current_database() AND state = 'active'), \
         blockers AS (SELECT DISTINCT b.pid FROM worker, pg_catalog.unnest(pg_catalog.pg_blocking_pids(worker.pid)) AS b(pid)) \
         SELECT 'blocked', 'pid ' || a.pid || COALESCE(' (' || NULLIF(a.application_name, '') || ')', '') \
           || ', ' || COALESCE(a.state, '?') || ' for ' || COALESCE(pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - COALESCE(a.xact_start, a.query_start))::pg_catalog.text, '?') \
           || ': ' || pg_catalog.left(pg_catalog.regexp_replace(COALESCE(a.query, ''), '\\s+', ' ', 'g'), 100), NULL, NULL \
           FROM blockers JOIN pg_catalog.pg_stat_activity a USING (pid) \
         UNION ALL SELECT 'progress', phase, blocks_done::pg_catalog.text, blocks_total::pg_catalog.text \
           FROM pg_catalog.pg_stat_progress_create_index p JOIN worker USING (pid) \
         UNION ALL SELECT 'progress', phase, heap_blks_scanned::pg_catalog.text, heap_blks_total::pg_catalog.text \
           FROM pg_catalog.pg_stat_progress_vacuum p JOIN worker USING (pid) \
         UNION ALL SELECT 'progress', phase, heap_blks_scanned::pg_catalog.text, heap_blks_total::pg_catalog.text \
           FROM pg_catalog.pg_stat_progress_cluster p JOIN worker USING (pid) \
         UNION ALL SELECT 'progress', phase, sample_blks_scanned::pg_catalog.text, sample_blks_total::pg_catalog.text \
           FROM pg_catalog.pg_stat_progress_analyze p JOIN worker USING (pid)",
        rev_sql::quote_literal(worker_name)
    )
}

/// A statement's beginning, for events.
pub(crate) fn label(revision: &str, sql: &str) -> String {
    format!("{revision}: {}", one_line(sql))
}
