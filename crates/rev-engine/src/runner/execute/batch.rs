//! One statement over many rows, range by range.
//!
//! The table's key is walked in ascending order. Each range is a transaction of its own that also writes down how far it
//! came, so a kill costs at most one range and repeats none. The size of a range follows the clock: short transactions
//! keep row locks, replication lag and VACUUM's horizon short, whatever a row costs.

use super::{Job, Note, PendingCommit, Stop, Worker};
use crate::error::Place;
use crate::events::{Event, StatementProgress};
use crate::pg::lock::{LockKeys, one_line, set_local};
use crate::pg::tables::ProgressNote;
use crate::pg::{SessionError, TextRow};
use crate::runner::error::RunError;
use crate::runner::load::NOT_A_BATCH;
use crate::runner::script::{Script, ScriptStatement};
use crate::runner::watch::Under;
use rev_sql::{Batch, Gap, narrow, quote_ident, quote_literal};
use std::time::{Duration, Instant};

/// What one range should take.
const BUDGET: Duration = Duration::from_millis(500);
/// The first range, where the directive says nothing.
const FIRST_SIZE: u64 = 1_000;
/// No range is smaller than this, or larger than [`LARGEST`].
const SMALLEST: u64 = 10;
const LARGEST: u64 = 1_000_000;
/// Rows may arrive behind the walk; so often it starts over.
const PASSES: u32 = 5;

/// A batch on its way.
struct Walk<'b> {
    batch: &'b Batch,
    statement: &'b ScriptStatement,
    index: usize,
    gap: Gap,
    size: u64,
    /// The end of the last range: the key's columns as text.
    last: Option<Vec<String>>,
    rows_done: u64,
    estimate: Option<u64>,
    checksum: String,
}

/// One range that was committed.
enum Range {
    /// There may be more.
    Done { changed: u64 },
    /// The walk is at the table's end.
    End { changed: u64 },
}

impl Worker<'_> {
    /// Walks a batch from where an earlier run stopped, and returns the rows it changed in all.
    pub(super) async fn batch(
        &mut self,
        job: &Job,
        script: &Script,
        index: usize,
        note: Option<&Note>,
    ) -> Result<u64, Stop> {
        let statement = &script.statements[index];
        let Some(batch) = statement.batch() else {
            return Ok(0);
        };
        let refuse = |why: String| {
            Stop::Error(
                RunError::Batch {
                    place: Place::at(&script.file, statement.line),
                    why,
                }
                .into(),
            )
        };
        let gap =
            narrow(&statement.sql, &batch.table).ok_or_else(|| refuse(NOT_A_BATCH.to_owned()))?;
        let checksum = statement.checksum();
        let note = note.filter(|note| note.checksum == checksum);
        let mut walk = Walk {
            batch,
            statement,
            index,
            gap,
            size: batch.size.unwrap_or(FIRST_SIZE),
            last: note
                .and_then(|note| note.last_key.as_deref())
                .and_then(|text| serde_json::from_str(text).ok()),
            rows_done: note.map_or(0, |note| note.rows_done),
            estimate: None,
            checksum,
        };
        let begun = Instant::now();
        walk.estimate = self.estimate(batch).await;
        if walk.rows_done > 0 {
            (self.events)(Event::Note {
                message: format!(
                    "{}: the batch goes on after {} rows",
                    job.revision, walk.rows_done
                ),
            });
        }
        for pass in 1..=PASSES {
            let before = walk.rows_done;
            self.walk(job, &mut walk).await?;
            let left = self.left_over(&walk).await.map_err(|error| match error {
                SessionError::Refused { error, .. } => Stop::Statement(index, *error),
                lost => Stop::Error(RunError::bookkeeping("count what is left", lost).into()),
            })?;
            if left == 0 {
                break;
            }
            if pass == PASSES || (walk.rows_done == before && pass > 1) {
                return Err(refuse(format!(
                    "{left} row{} of {} still match `where` after the last range: the statement does not make it false for them",
                    if left == 1 { "" } else { "s" },
                    batch.table
                )));
            }
            walk.last = None;
        }
        self.save(job, &walk, "done").await?;
        (self.events)(Event::StatementFinished {
            revision: job.revision.clone(),
            statement: index + 1,
            duration: begun.elapsed(),
        });
        Ok(walk.rows_done)
    }

    /// Range after range to the table's end.
    async fn walk(&mut self, job: &Job, walk: &mut Walk<'_>) -> Result<(), Stop> {
        let started = Instant::now();
        let done_before = walk.rows_done;
        loop {
            self.stop_if_told()?;
            let begun = Instant::now();
            let range = self.range_with_retries(job, walk).await?;
            let took = begun.elapsed();
            let (changed, is_end) = match range {
                Range::Done { changed } => (changed, false),
                Range::End { changed } => (changed, true),
            };
            walk.rows_done += changed;
            let rate =
                (walk.rows_done - done_before) as f64 / started.elapsed().as_secs_f64().max(0.001);
            (self.events)(Event::StatementProgress(StatementProgress {
                revision: job.revision.clone(),
                statement: walk.index + 1,
                sql: one_line(&walk.statement.sql),
                phase: None,
                unit: Some("rows"),
                done: walk.rows_done,
                total: walk.estimate.filter(|total| *total >= walk.rows_done),
                rate: Some(rate),
                elapsed: started.elapsed(),
            }));
            if is_end {
                return Ok(());
            }
            walk.size = next_size(walk.size, took);
            self.rest(walk.batch).await?;
        }
    }

    async fn range_with_retries(&mut self, job: &Job, walk: &mut Walk<'_>) -> Result<Range, Stop> {
        let begun = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let stop = match self.range(job, walk).await {
                Ok(range) => return Ok(range),
                Err(stop) => stop,
            };
            if !self.session.is_lost() {
                self.roll_back().await?;
            }
            if !self.try_again(&stop, begun, attempts).await? {
                return Err(stop);
            }
            walk.size = (walk.size / 2).max(SMALLEST);
        }
    }

    /// One range: where it ends, the statement, the checkpoint, the commit.
    async fn range(&mut self, job: &Job, walk: &mut Walk<'_>) -> Result<Range, Stop> {
        let under = Under {
            revision: &job.revision,
            // The rows that are done say more than what a range is at.
            statement: None,
            sql: &walk.statement.sql,
        };
        let mut start = self
            .settings
            .transaction_start(&self.identity.worker_name(), self.session.version());
        if let Some(timeout) = walk.statement.timeout() {
            let lock = timeout.lock.unwrap_or(self.settings.lock_timeout);
            let limit = timeout.statement.unwrap_or(self.settings.statement_timeout);
            start = format!(
                "{start}, {}",
                set_local(&[
                    ("lock_timeout", lock.as_millis().to_string()),
                    ("statement_timeout", limit.as_millis().to_string()),
                ])
                .trim_start_matches("SELECT ")
            );
        }
        let lock = format!(
            "SELECT pg_catalog.pg_advisory_xact_lock({})",
            LockKeys::of(&self.settings.books).work
        );
        let end_query = walk.end_query();
        let found = self
            .ask(
                &under,
                walk.index,
                &[
                    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
                    &start,
                    &lock,
                    &end_query,
                ],
            )
            .await?;
        let end: Option<Vec<String>> = found.first().map(|row| {
            (0..walk.batch.key.len())
                .map(|column| row.text(column).to_owned())
                .collect()
        });
        let sql = walk.gap.filled(&walk.condition(end.as_deref()));
        let sent = self
            .watch
            .over(&under, self.session.send_discarding(&[&sql]))
            .await;
        let changed = match sent {
            None => return Err(self.interrupted().into()),
            Some(Ok(answers)) => answers.first().map_or(0, |answer| answer.affected),
            Some(Err(error)) => return Err(self.stop_of(walk.index, error)),
        };
        let checkpoint = walk.checkpoint(end.as_deref(), changed, &self.identity.run_id);
        let sql = self
            .settings
            .books
            .note_progress(&checkpoint.as_note(job, walk));
        let answers = self
            .session
            .send(&[
                "SET LOCAL search_path = pg_catalog, pg_temp",
                &sql,
                "SELECT pg_catalog.pg_current_xact_id()",
            ])
            .await
            .map_err(|error| {
                Stop::Error(RunError::bookkeeping("write rev_progress", error).into())
            })?;
        self.pending = answers[2].rows.first().map(|row| PendingCommit {
            transaction: row.text(0).to_owned(),
            revisions: Vec::new(),
        });
        self.commit().await?;
        let is_end = end.is_none();
        walk.last = end.or_else(|| walk.last.take());
        Ok(if is_end {
            Range::End { changed }
        } else {
            Range::Done { changed }
        })
    }

    /// Sends a message and returns the rows of its last statement.
    async fn ask(
        &mut self,
        under: &Under<'_>,
        index: usize,
        message: &[&str],
    ) -> Result<Vec<TextRow>, Stop> {
        match self.watch.over(under, self.session.send(message)).await {
            None => Err(self.interrupted().into()),
            Some(Ok(answers)) => Ok(answers
                .into_iter()
                .next_back()
                .map(|answer| answer.rows)
                .unwrap_or_default()),
            Some(Err(error)) => Err(self.stop_of(index, error)),
        }
    }

    fn stop_of(&self, index: usize, error: SessionError) -> Stop {
        match error {
            SessionError::Refused { .. } if self.interrupt.signal().is_some() => {
                self.interrupted().into()
            }
            SessionError::Refused { error, .. } => Stop::Statement(index, *error),
            lost => Stop::Error(RunError::bookkeeping("run a batch", lost).into()),
        }
    }

    /// How many rows still match `where`, up to a handful.
    async fn left_over(&mut self, walk: &Walk<'_>) -> Result<u64, SessionError> {
        let Some(condition) = &walk.batch.condition else {
            return Ok(0);
        };
        if walk.statement.facts.verb.starts_with("INSERT") {
            // What an INSERT … SELECT reads stays as it is.
            return Ok(0);
        }
        let start = self
            .settings
            .transaction_start(&self.identity.worker_name(), self.session.version());
        let query = format!(
            "SELECT pg_catalog.count(*) FROM (SELECT FROM {} WHERE ({condition}\n) LIMIT 1000) AS left_over",
            walk.batch.table
        );
        let answers = self
            .session
            .send(&["BEGIN", &start, &query, "COMMIT"])
            .await;
        match answers {
            Ok(answers) => Ok(answers[2]
                .rows
                .first()
                .and_then(|row| row.number(0))
                .unwrap_or(0)),
            Err(error) => {
                let _ = self.roll_back().await;
                Err(error)
            }
        }
    }

    async fn estimate(&mut self, batch: &Batch) -> Option<u64> {
        let rows = self
            .session
            .rows(&format!(
                "SELECT NULLIF(reltuples, -1)::pg_catalog.int8 FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass({})",
                quote_literal(&qualified(&batch.table, &self.settings.default_schema))
            ))
            .await
            .ok()?;
        rows.first()?.number(0).filter(|rows| *rows > 0)
    }

    /// Sleeps as the directive says, and as long as replicas lag behind.
    async fn rest(&mut self, batch: &Batch) -> Result<(), Stop> {
        if let Some(sleep) = batch.sleep {
            self.pause(sleep).await?;
        }
        let Some(limit) = batch.max_replica_lag else {
            return Ok(());
        };
        let query = "SELECT COALESCE(pg_catalog.max(EXTRACT(epoch FROM replay_lag)), 0) FROM pg_catalog.pg_stat_replication";
        let mut said = false;
        loop {
            let rows = self.session.rows(query).await.map_err(|error| {
                Stop::Error(RunError::bookkeeping("read the replicas' lag", error).into())
            })?;
            let lag: f64 = rows.first().and_then(|row| row.number(0)).unwrap_or(0.0);
            if lag <= limit.as_secs_f64() {
                return Ok(());
            }
            if !said {
                said = true;
                (self.events)(Event::Waiting {
                    what: format!("replicas that lag {lag:.1} s behind"),
                    waited: Duration::ZERO,
                });
            }
            self.pause(Duration::from_millis(500)).await?;
        }
    }

    async fn pause(&self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            _ = self.interrupt.wait() => Err(self.interrupted().into()),
        }
    }

    async fn save(&mut self, job: &Job, walk: &Walk<'_>, status: &'static str) -> Result<(), Stop> {
        let mut checkpoint = walk.checkpoint(walk.last.as_deref(), 0, &self.identity.run_id);
        checkpoint.status = status;
        let sql = self
            .settings
            .books
            .note_progress(&checkpoint.as_note(job, walk));
        self.write_progress(&sql).await
    }
}

/// A line of `rev_progress` in the making; owns its texts.
struct Checkpoint {
    last_key: Option<String>,
    rows_done: u64,
    run_id: String,
    status: &'static str,
}

impl Checkpoint {
    fn as_note<'n>(&'n self, job: &'n Job, walk: &'n Walk<'_>) -> ProgressNote<'n> {
        ProgressNote {
            revision: &job.revision,
            action: job.action,
            statement: walk.index,
            intent: Some(&walk.statement.sql),
            checksum: &walk.checksum,
            status: self.status,
            run_id: &self.run_id,
            last_key: self.last_key.as_deref(),
            rows_done: self.rows_done,
            estimate: walk.estimate,
        }
    }
}

impl Walk<'_> {
    fn checkpoint(&self, end: Option<&[String]>, changed: u64, run_id: &str) -> Checkpoint {
        let last = end.or(self.last.as_deref());
        Checkpoint {
            last_key: last.and_then(|key| serde_json::to_string(key).ok()),
            rows_done: self.rows_done + changed,
            run_id: run_id.to_owned(),
            status: "running",
        }
    }

    /// The key that ends the next range; no row where less than a range is left.
    fn end_query(&self) -> String {
        let key: Vec<String> = self
            .batch
            .key
            .iter()
            .map(|column| quote_ident(column).into_owned())
            .collect();
        let after = match &self.last {
            Some(last) => format!("WHERE ({}) > ({})", key.join(", "), literals(last)),
            None => String::new(),
        };
        let as_text: Vec<String> = key
            .iter()
            .map(|column| format!("{column}::pg_catalog.text"))
            .collect();
        // The inner query keeps the key's own type, so that the order is the index's and not the text's.
        format!(
            "SELECT {} FROM (SELECT {} FROM {} {after} ORDER BY {} OFFSET {} LIMIT 1) AS range_end",
            as_text.join(", "),
            key.join(", "),
            self.batch.table,
            key.join(", "),
            self.size.saturating_sub(1)
        )
    }

    /// The range's condition, and the directive's.
    fn condition(&self, end: Option<&[String]>) -> String {
        let key: Vec<String> = self
            .batch
            .key
            .iter()
            .map(|column| format!("{}.{}", self.gap.table, quote_ident(column)))
            .collect();
        let key = key.join(", ");
        let mut conditions = Vec::new();
        if let Some(last) = &self.last {
            conditions.push(format!("({key}) > ({})", literals(last)));
        }
        if let Some(end) = end {
            conditions.push(format!("({key}) <= ({})", literals(end)));
        }
        if let Some(condition) = &self.batch.condition {
            conditions.push(format!("({condition}\n)"));
        }
        if conditions.is_empty() {
            conditions.push("true".to_owned());
        }
        conditions.join(" AND ")
    }
}

fn literals(key: &[String]) -> String {
    let literals: Vec<String> = key.iter().map(|value| quote_literal(value)).collect();
    literals.join(", ")
}

fn qualified(table: &str, schema: &str) -> String {
    if table.contains('.') {
        table.to_owned()
    } else {
        format!("{}.{table}", quote_ident(schema))
    }
}

/// Aims at the budget; at most doubles or halves, so that one odd range does not matter much.
fn next_size(size: u64, took: Duration) -> u64 {
    let ratio = (BUDGET.as_secs_f64() / took.as_secs_f64().max(0.001)).clamp(0.5, 2.0);
    ((size as f64 * ratio) as u64).clamp(SMALLEST, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_clock() {
        assert_eq!(next_size(1000, Duration::from_millis(10)), 2000);
        assert_eq!(next_size(1000, Duration::from_millis(500)), 1000);
        assert_eq!(next_size(1000, Duration::from_secs(9)), 500);
        assert_eq!(next_size(12, Duration::from_secs(9)), SMALLEST);
    }
}
