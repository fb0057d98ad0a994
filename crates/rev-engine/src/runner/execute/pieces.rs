//! A revision that takes several transactions: every piece is noted when it is done, so that whoever comes next goes on.

use super::{Done, Finish, Frame, Job, Notes, Stop, Worker};
use crate::error::{EngineError, Place};
use crate::events::Event;
use crate::pg::SessionError;
use crate::pg::lock::set_session;
use crate::pg::sqlstate::{QUERY_CANCELED, UNDEFINED_TABLE};
use crate::pg::tables::ProgressNote;
use crate::runner::error::RunError;
use crate::runner::script::{Script, ScriptStatement};
use crate::runner::segment::Segment;
use crate::runner::settings::{RESET_SESSION, RunSettings};
use crate::runner::verify::{self, Finding};
use crate::runner::watch::Under;
use std::time::Instant;

/// What is noted of one statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// It is done; otherwise it was begun.
    pub done: bool,
    /// The digest of what was noted.
    pub checksum: String,
    /// How far a batch is.
    pub last_key: Option<String>,
    /// The rows a batch has done.
    pub rows_done: u64,
}

impl Worker<'_> {
    /// Carries a revision out piece by piece, beginning where an earlier run stopped.
    pub(super) async fn in_pieces(&mut self, job: &Job, pieces: &[Segment]) -> Result<Done, Stop> {
        let Some(script) = &job.script else {
            return Ok(Done::default());
        };
        let notes = self.notes(job).await?;
        check_notes(script, &notes)?;
        if !notes.is_empty() {
            (self.events)(Event::Note {
                message: format!(
                    "{}: going on after {} of {} statements that an earlier run finished",
                    job.revision,
                    notes.values().filter(|note| note.done).count(),
                    script.statements.len()
                ),
            });
        }
        self.open_history(job).await?;
        let mut done = Done::default();
        let is_done = |index: &usize| notes.get(index).is_some_and(|note| note.done);
        for (number, piece) in pieces.iter().enumerate() {
            self.stop_if_told()?;
            let is_last = number + 1 == pieces.len();
            match piece {
                Segment::Together(all) => {
                    let left: Vec<usize> = all
                        .iter()
                        .copied()
                        .filter(|index| !is_done(index))
                        .collect();
                    if left.is_empty() && !is_last {
                        continue;
                    }
                    let frame = Frame {
                        job,
                        begins: true,
                        prelude: &[],
                        finishes: is_last.then_some(Finish::Update {
                            rows_before: done.rows_affected,
                        }),
                        notes: !is_last,
                        statements: &left,
                    };
                    let part = self.transaction(&frame).await?;
                    done.rows_affected += part.rows_affected;
                    done.skipped.extend(part.skipped);
                    if is_last {
                        return Ok(done);
                    }
                }
                Segment::Alone(index) if is_done(index) => {}
                Segment::Alone(index) => {
                    if !self.alone(job, script, *index, notes.get(index)).await? {
                        done.skipped.push(index + 1);
                    }
                }
                Segment::Batch(index) if is_done(index) => {
                    done.rows_affected += notes.get(index).map_or(0, |note| note.rows_done);
                }
                Segment::Batch(index) => {
                    done.rows_affected += self.batch(job, script, *index, notes.get(index)).await?;
                }
            }
        }
        // The last piece was no transaction: version and history rows get one of their own.
        let frame = Frame {
            job,
            begins: true,
            prelude: &[],
            finishes: Some(Finish::Update {
                rows_before: done.rows_affected,
            }),
            notes: false,
            statements: &[],
        };
        let mut last = self.transaction(&frame).await?;
        last.rows_affected += done.rows_affected;
        last.skipped.extend(done.skipped);
        Ok(last)
    }

    /// What earlier runs noted of this revision.
    pub(super) async fn notes(&mut self, job: &Job) -> Result<Notes, EngineError> {
        let query = self.settings.books.read_progress(&job.revision, job.action);
        let books = &self.settings.books;
        let rows = match books.rows(&mut self.session, &query).await {
            Ok(rows) => rows,
            Err(error) if error.is(UNDEFINED_TABLE) => Vec::new(),
            Err(error) => return Err(RunError::bookkeeping("read rev_progress", error).into()),
        };
        Ok(rows
            .iter()
            .filter_map(|row| {
                let note = Note {
                    checksum: row.text(1).to_owned(),
                    done: row.text(2) == "done",
                    last_key: row.get(3).map(str::to_owned),
                    rows_done: row.number(4).unwrap_or(0),
                };
                Some((row.number(0)?, note))
            })
            .collect())
    }

    /// Writes the history row of a revision that will take a while; it says "running" until the end.
    async fn open_history(&mut self, job: &Job) -> Result<(), Stop> {
        let books = &self.settings.books;
        let bury = books.bury_history(&self.identity.run_id);
        let row = self.history_row(job, "running", &Done::default(), None);
        // Retried pieces of the same run find their row already there.
        let drop_own = books.finish_history(
            &self.identity.run_id,
            &job.revision,
            "failed",
            None,
            Some("cut into smaller pieces and tried again"),
        );
        let role = books.as_role();
        let mut message = vec!["BEGIN"];
        message.extend(role.as_deref());
        message.extend([&*bury, &drop_own, &row, "COMMIT"]);
        self.bookkeep("open the history row", &message).await
    }

    pub(super) async fn bookkeep(
        &mut self,
        doing: &'static str,
        statements: &[&str],
    ) -> Result<(), Stop> {
        match self.session.send_discarding(statements).await {
            Ok(_) => Ok(()),
            Err(SessionError::Refused { error, .. }) => {
                self.roll_back().await?;
                Err(Stop::Own(doing, *error))
            }
            Err(error) => Err(Stop::Error(RunError::bookkeeping(doing, error).into())),
        }
    }

    /// Runs one statement outside of any transaction: note the intent, run, look whether it is there, note that.
    /// Returns whether it ran; `rev:only-if` may leave it out.
    async fn alone(
        &mut self,
        job: &Job,
        script: &Script,
        index: usize,
        note: Option<&Note>,
    ) -> Result<bool, Stop> {
        let statement = &script.statements[index];
        let place = || Place::at(&script.file, statement.line);
        let start = self.start_alone(statement);
        self.bookkeep("prepare the session", &[&start]).await?;
        let mut runs = true;
        if let Some(query) = statement.only_if() {
            let frame = Frame {
                job,
                begins: false,
                prelude: &[],
                finishes: None,
                notes: false,
                statements: &[],
            };
            runs = self.holds(&frame, index, query).await?;
        }
        let mut found = Finding::Absent;
        let mut noted = note.cloned();
        if let Some(note) = note.filter(|_| runs) {
            found = verify::after_crash(self, statement, note)
                .await
                .map_err(|error| {
                    Stop::Error(
                        RunError::bookkeeping("look at what an earlier run left", error).into(),
                    )
                })?;
        } else if runs {
            let last_key = verify::indexes_before(&mut self.session, statement)
                .await
                .map_err(|error| {
                    Stop::Error(RunError::bookkeeping("look into the catalogue", error).into())
                })?;
            let intent = Note {
                last_key,
                ..Note::default()
            };
            self.note(job, script, index, &intent).await?;
            // An INVALID leftover makes CREATE INDEX CONCURRENTLY IF NOT EXISTS report success.
            verify::clear_invalid(self, statement, Some(&intent))
                .await
                .map_err(|error| {
                    Stop::Error(RunError::bookkeeping("drop an invalid index", error).into())
                })?;
            noted = Some(intent);
        }
        if runs && found != Finding::Done {
            self.run_alone(job, script, index, found, noted.as_ref())
                .await?;
            if let Some(what) = verify::missing(&mut self.session, statement)
                .await
                .map_err(|error| {
                    Stop::Error(RunError::bookkeeping("look into the catalogue", error).into())
                })?
            {
                return Err(Stop::Error(
                    RunError::NotInCatalogue {
                        place: place(),
                        what,
                    }
                    .into(),
                ));
            }
        }
        let done = Note {
            done: true,
            ..Note::default()
        };
        self.note(job, script, index, &done).await?;
        let start = RunSettings::session_start();
        let mut message = RESET_SESSION.to_vec();
        message.push(&start);
        self.bookkeep("reset the session", &message).await?;
        Ok(runs)
    }

    async fn run_alone(
        &mut self,
        job: &Job,
        script: &Script,
        index: usize,
        found: Finding,
        note: Option<&Note>,
    ) -> Result<(), Stop> {
        let statement = &script.statements[index];
        let sql = match found {
            Finding::Instead(sql) => sql,
            _ => statement.sql.clone(),
        };
        let under = Under {
            revision: &job.revision,
            statement: Some(index),
            sql: &sql,
        };
        let begun = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let sent = self
                .watch
                .over(&under, self.session.send_discarding(&[&sql]))
                .await;
            let fault = match sent {
                None => return Err(self.interrupted().into()),
                Some(Ok(_)) => return Ok(()),
                Some(Err(SessionError::Refused { error, .. })) => *error,
                Some(Err(error)) => {
                    return Err(Stop::Error(
                        RunError::bookkeeping("run a statement", error).into(),
                    ));
                }
            };
            if fault.sqlstate == QUERY_CANCELED && self.interrupt.signal().is_some() {
                // No time to clean up: the note says "running", and the next run looks.
                return Err(self.interrupted().into());
            }
            self.clear_up(statement, note).await?;
            let stop = Stop::Statement(index, fault);
            if !self.try_again(&stop, begun, attempts).await? {
                return Err(stop);
            }
        }
    }

    /// A failed CONCURRENTLY leaves an index that nobody reads and every write maintains. Dropping it waits for the same
    /// transactions that may have been in the way before, so it gets a moment and no more: the next run looks again.
    async fn clear_up(
        &mut self,
        statement: &ScriptStatement,
        note: Option<&Note>,
    ) -> Result<(), Stop> {
        let moment = set_session(&[("statement_timeout", "5s".to_owned())]);
        self.bookkeep("prepare the session", &[&moment]).await?;
        if let Err(error) = verify::clear_invalid(self, statement, note).await {
            (self.events)(Event::Warning {
                message: format!("an INVALID index is left, the next run clears it: {error}"),
            });
        }
        let start = self.start_alone(statement);
        self.bookkeep("prepare the session", &[&start]).await
    }

    fn start_alone(&self, statement: &ScriptStatement) -> String {
        let timeout = statement.timeout();
        self.settings.alone_start(
            &self.identity.worker_name(),
            self.session.version(),
            timeout.and_then(|timeout| timeout.statement),
            timeout.and_then(|timeout| timeout.lock),
        )
    }

    pub(super) async fn note(
        &mut self,
        job: &Job,
        script: &Script,
        index: usize,
        note: &Note,
    ) -> Result<(), Stop> {
        let statement = &script.statements[index];
        let sql = self.settings.books.note_progress(&ProgressNote {
            revision: &job.revision,
            action: job.action,
            statement: index,
            intent: Some(&statement.sql),
            checksum: &statement.checksum(),
            status: if note.done { "done" } else { "running" },
            run_id: &self.identity.run_id,
            last_key: note.last_key.as_deref(),
            rows_done: note.rows_done,
            estimate: None,
        });
        self.write_progress(&sql).await
    }

    /// Writes into `rev_progress`, as whoever keeps the books.
    pub(super) async fn write_progress(&mut self, sql: &str) -> Result<(), Stop> {
        let role = self.settings.books.as_role();
        let message: Vec<&str> = role.as_deref().into_iter().chain([sql]).collect();
        self.bookkeep("write rev_progress", &message).await
    }
}

/// What is done must still be what the file says; what is not may have been corrected.
fn check_notes(script: &Script, notes: &Notes) -> Result<(), EngineError> {
    for (&index, note) in notes.iter().filter(|(_, note)| note.done) {
        let statement = script.statements.get(index);
        if statement.is_none_or(|statement| statement.checksum() != note.checksum) {
            return Err(RunError::DoneStatementChanged {
                revision: script.revision.clone(),
                place: match statement {
                    Some(statement) => Place::at(&script.file, statement.line),
                    None => Place::file(&script.file),
                },
                number: index + 1,
            }
            .into());
        }
    }
    Ok(())
}
