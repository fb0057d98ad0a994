//! `autogenerate`: what the models want and the history lacks becomes a revision, proved before it is written.

mod error;
mod text;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rev_schema::{Catalog, Changes, DiffOptions, NeedsDefault, Rename, RenameQuestion, diff};

pub use error::AutogenerateError;

use crate::dev_database::{ScratchDatabase, refused_to};
use crate::error::EngineError;
use crate::events::{Event, EventSink};
use crate::history::History;
use crate::models::Models;
use crate::new_revision::{NewRevision, NewRevisionOptions};
use crate::pg::Session;
use crate::ports::{Clock, IdSource};
use crate::project::Project;
use crate::rehearsal::{Proof, Rehearsal, RehearsalFailure, Side, prove};
use crate::runner::RunSettings;

/// Asks a person whether two names are one thing; `None` means that nobody answered.
pub type Ask<'a> = &'a dyn Fn(&RenameQuestion) -> Option<bool>;

/// What a person says about the revision to be generated.
#[derive(Clone, Default)]
pub struct AutogenerateOptions<'a> {
    /// Message, parents, identifier, place.
    pub new: NewRevisionOptions,
    /// Compare with the live database, which must be at head, instead of the replayed history.
    pub from_database: bool,
    /// Answers to rename questions: `table.old=new`.
    pub renames: Vec<Rename>,
    /// `table.column` → expression that fills the rows of a new NOT NULL column.
    pub defaults: BTreeMap<String, String>,
    /// Write what loses data, or what fails on a table with rows.
    pub allow_destructive: bool,
    /// Prefer lock-safe forms; `None` leaves it to rev.yaml.
    pub online: Option<bool>,
    /// Refuse when anything is not modelled or cannot be reproduced.
    pub strict: bool,
    /// Write the file although the proof failed.
    pub unproved: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// Asks a person; `None` where there is nobody.
    pub ask: Option<Ask<'a>>,
}

/// What was found, and what was written.
#[derive(Clone, Debug)]
pub struct AutogenerateReport {
    /// The revision; `None` when models and history agree.
    pub new: Option<NewRevision>,
    /// Its file's text.
    pub text: String,
    /// Whether the file was written.
    pub written: bool,
    /// The way up.
    pub changes: Changes,
    /// What the current schema was read from: "the history" or "the database".
    pub compared_with: &'static str,
    /// Whether the proof was carried out in full.
    pub proved: bool,
    /// How long it all took.
    pub duration: Duration,
}

/// Writes a revision that leads from the current schema to the models', and proves it first.
///
/// # Errors
/// The models do not load, a decision is missing (rename, default, data loss), the proof fails, or the file cannot be
/// written. Nothing is written then.
pub async fn autogenerate(
    project: &Project,
    options: &AutogenerateOptions<'_>,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    events: EventSink<'_>,
) -> Result<AutogenerateReport, EngineError> {
    let mut rehearsal = Rehearsal::new(project, events)?;
    let outcome = generate(project, options, clock, ids, events, &mut rehearsal).await;
    // Also after an error: a scratch database on somebody's server must go.
    rehearsal.close().await;
    outcome
}

async fn generate(
    project: &Project,
    options: &AutogenerateOptions<'_>,
    clock: &dyn Clock,
    ids: &dyn IdSource,
    events: EventSink<'_>,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<AutogenerateReport, EngineError> {
    let started = Instant::now();
    let history = History::read_or_empty(project)?;
    // Parents and identifier first: several heads, say, are known without a database.
    let new = NewRevision::plan(project, &history, &options.new, clock, ids)?;
    let models = Models::read(project)?;

    let mut live = None;
    let current = if options.from_database {
        let mut session = rehearsal.open_target().await?;
        at_head(project, &history, &mut session).await?;
        let side = rehearsal.live(&mut session).await?;
        live = Some(session);
        side
    } else {
        rehearsal.ask_for_major().await;
        // On a branch of its own making the other branches are not there yet; otherwise the models speak of all.
        let target = if options.new.splice {
            ancestors_of(&new)
        } else {
            vec!["heads".to_owned()]
        };
        rehearsal.history(&history, &target).await?
    };
    rehearsal.with_roles_of(&current.catalog).await?;
    let wanted = rehearsal.models(&models).await?;

    let mut plan = Plan::of(project, options, &current.catalog, &wanted.catalog)?;
    let mut report = AutogenerateReport {
        new: None,
        text: String::new(),
        written: false,
        changes: plan.up.clone(),
        compared_with: if options.from_database {
            "the database"
        } else {
            "the history"
        },
        proved: false,
        duration: started.elapsed(),
    };
    plan.name_unmodelled(options, events)?;
    if plan.up.is_empty() {
        // `upgrade` takes a missing folder for a wrong path; from here on it is an empty history.
        if history.graph.is_empty() && !options.dry_run {
            make_folder(project)?;
        }
        report.proved = true;
        return Ok(report);
    }
    plan.needs_default = match &mut live {
        Some(session) => only_filled(session, std::mem::take(&mut plan.needs_default)).await?,
        None => std::mem::take(&mut plan.needs_default),
    };
    plan.decisions(options, events)?;
    plan.name_what_has_no_statement(options, events)?;
    if let Some(session) = live {
        session.close().await;
    }

    let (text, proof) = plan
        .prove(
            project, &new, &history, rehearsal, &current, &wanted, options, events,
        )
        .await?;
    if !proof.holds() {
        if !options.unproved {
            return Err(AutogenerateError::NotProved { proof, text }.into());
        }
        events(Event::Warning {
            message: AutogenerateError::NotProved {
                proof: proof.clone(),
                text: String::new(),
            }
            .to_string(),
        });
    }
    report.proved = proof.holds();
    if !options.dry_run {
        new.write_text(&text)?;
        report.written = true;
    }
    report.new = Some(new);
    report.text = text;
    report.duration = started.elapsed();
    Ok(report)
}

/// The targets that a revision on a new branch stands on.
fn ancestors_of(new: &NewRevision) -> Vec<String> {
    new.header
        .down_revision
        .iter()
        .chain(&new.header.depends_on)
        .cloned()
        .collect()
}

/// The two ways, and what stands between them and a file.
struct Plan {
    up: Changes,
    down: Changes,
    unanswered: Vec<RenameQuestion>,
    needs_default: Vec<NeedsDefault>,
}

impl Plan {
    fn of(
        project: &Project,
        options: &AutogenerateOptions<'_>,
        from: &Catalog,
        to: &Catalog,
    ) -> Result<Plan, EngineError> {
        let mut chosen = DiffOptions {
            online: options.online.unwrap_or(project.settings().online),
            renames: options.renames.clone(),
            defaults: options.defaults.clone(),
        };
        let mut declined: Vec<RenameQuestion> = Vec::new();
        let mut unanswered = Vec::new();
        let up = loop {
            let changes = diff(from, to, &chosen)?;
            let open = changes
                .questions
                .iter()
                .find(|question| !declined.contains(question) && !unanswered.contains(*question));
            let Some(question) = open.cloned() else {
                break changes;
            };
            match options.ask.and_then(|ask| ask(&question)) {
                // One answer may settle other questions, or raise them: the difference is taken anew.
                Some(true) => chosen.renames.push(Rename {
                    kind: question.kind,
                    from: question.from,
                    to: question.to,
                }),
                Some(false) => declined.push(question),
                None => unanswered.push(question),
            }
        };
        let back = DiffOptions {
            online: false,
            renames: chosen.renames.iter().rev().map(reversed).collect(),
            defaults: BTreeMap::new(),
        };
        let down = diff(to, from, &back)?;
        Ok(Plan {
            needs_default: up.needs_default.clone(),
            up,
            down,
            unanswered,
        })
    }

    /// What no kind models is named, so that silence never means "equal".
    fn name_unmodelled(
        &self,
        options: &AutogenerateOptions<'_>,
        events: EventSink<'_>,
    ) -> Result<(), EngineError> {
        let names = self.up.unmodelled.clone();
        if names.is_empty() {
            return Ok(());
        }
        if options.strict {
            return Err(AutogenerateError::Unmodelled { names }.into());
        }
        events(Event::Warning {
            message: AutogenerateError::Unmodelled { names }.to_string(),
        });
        Ok(())
    }

    /// Refuses what Postgres has no way to do, up or down, rather than to let the proof find it.
    fn name_what_has_no_statement(
        &self,
        options: &AutogenerateOptions<'_>,
        events: EventSink<'_>,
    ) -> Result<(), EngineError> {
        let mut differences = self.up.no_statement.clone();
        differences.extend(
            self.down
                .no_statement
                .iter()
                .map(|difference| format!("on the way down, {difference}")),
        );
        if differences.is_empty() {
            return Ok(());
        }
        let error = AutogenerateError::NoStatement { differences };
        if !options.unproved {
            return Err(error.into());
        }
        events(Event::Warning {
            message: error.to_string(),
        });
        Ok(())
    }

    /// Refuses what needs a person's word and has none.
    fn decisions(
        &self,
        options: &AutogenerateOptions<'_>,
        events: EventSink<'_>,
    ) -> Result<(), EngineError> {
        if options.allow_destructive {
            for question in &self.unanswered {
                events(Event::Warning {
                    message: format!(
                        "{} `{}` is dropped and `{}` is new; if it is a rename, pass --rename {}={}",
                        question.kind, question.from, question.to, question.from, question.to
                    ),
                });
            }
            return Ok(());
        }
        if !self.unanswered.is_empty() {
            return Err(AutogenerateError::RenameUnanswered {
                questions: self.unanswered.clone(),
            }
            .into());
        }
        if let Some(column) = self.needs_default.first() {
            return Err(AutogenerateError::NeedsDefault {
                column: column.clone(),
                others: self.needs_default.len() - 1,
            }
            .into());
        }
        let losses: Vec<String> = self
            .up
            .destructive
            .iter()
            .map(|loss| loss.what.clone())
            .collect();
        if !losses.is_empty() {
            return Err(AutogenerateError::Destructive { losses }.into());
        }
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one proof, told once; a struct for it would only rename them"
    )]
    async fn prove(
        &self,
        project: &Project,
        new: &NewRevision,
        history: &History,
        rehearsal: &mut Rehearsal<'_>,
        current: &Side,
        wanted: &Side,
        options: &AutogenerateOptions<'_>,
        events: EventSink<'_>,
    ) -> Result<(String, Proof), EngineError> {
        let mut blind = false;
        loop {
            let style = text::Style {
                unchecked_bodies: blind,
            };
            let (up, down) = (
                text::section(&self.up, style),
                text::section(&self.down, style),
            );
            let rendered = new.render(project, &up, &down)?;
            let file = rev_template::parse(&rendered).map_err(|error| EngineError::Internal {
                message: format!("the generated revision cannot be read back: {error}"),
            })?;
            let copy = self
                .copy(history, rehearsal, current, options, blind, events)
                .await?;
            let scope = rehearsal.scope().clone();
            let outcome = prove(
                &file,
                &new.shown,
                &copy,
                &current.catalog,
                &wanted.catalog,
                &scope,
            )
            .await;
            match outcome {
                Ok(proof) => return Ok((rendered, proof)),
                // A body may name what comes later, or never did exist: the models load it unread, and so must the file.
                Err(EngineError::Rehearsal(failure)) if !blind && in_function(&failure) => {
                    blind = true
                }
                Err(EngineError::Rehearsal(failure)) => {
                    let proof = Proof {
                        after_upgrade: vec![format!(
                            "line {}: {}: {}",
                            failure.line, failure.statement, failure.fault
                        )],
                        ..Proof::default()
                    };
                    return Ok((rendered, proof));
                }
                Err(other) => return Err(other),
            }
        }
    }

    /// A database that holds the current schema and may be changed.
    async fn copy(
        &self,
        history: &History,
        rehearsal: &mut Rehearsal<'_>,
        current: &Side,
        options: &AutogenerateOptions<'_>,
        again: bool,
        events: EventSink<'_>,
    ) -> Result<ScratchDatabase, EngineError> {
        if options.from_database {
            let (copy, missing) = rehearsal.copy_of(&current.catalog).await?;
            if !missing.is_empty() && !again {
                if options.strict {
                    return Err(AutogenerateError::CannotReproduce { names: missing }.into());
                }
                events(Event::Warning {
                    message: AutogenerateError::CannotReproduce { names: missing }.to_string(),
                });
            }
            return Ok(copy);
        }
        match (&current.database, again) {
            // It was read already and nobody needs it as it is.
            (Some(database), false) => Ok(database.clone()),
            _ => rehearsal.replayed(history, &current.revisions).await,
        }
    }
}

/// Whether a statement that failed makes a function: its body may be the reason, and bodies can be left unread.
fn in_function(failure: &RehearsalFailure) -> bool {
    text::is_function(&failure.statement)
}

/// The same rename on the way back: `table.new` becomes `old` again.
fn reversed(rename: &Rename) -> Rename {
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let place = rename
        .from
        .strip_suffix(&last(&rename.from))
        .unwrap_or_default();
    Rename {
        kind: rename.kind.clone(),
        from: format!("{place}{}", last(&rename.to)),
        to: last(&rename.from),
    }
}

/// Keeps the columns whose table holds rows: an empty one takes any column.
async fn only_filled(
    session: &mut Session,
    columns: Vec<NeedsDefault>,
) -> Result<Vec<NeedsDefault>, EngineError> {
    let mut filled = Vec::new();
    for column in columns {
        let table = rev_sql::quote_qualified(Some(&column.schema), &column.table);
        let rows = session
            .rows(&format!("SELECT EXISTS (SELECT FROM {table})"))
            .await
            .map_err(refused_to("see whether a table has rows"))?;
        if rows.first().is_some_and(|row| row.is_true(0)) {
            filled.push(column);
        }
    }
    Ok(filled)
}

/// Refuses a database whose version rows are not the history's heads.
async fn at_head(
    project: &Project,
    history: &History,
    session: &mut Session,
) -> Result<(), EngineError> {
    let rows = version_rows(project, session).await?;
    let known = |row: &String| history.graph.get(row.as_str()).is_some();
    let unknown: Vec<String> = rows.iter().filter(|row| !known(row)).cloned().collect();
    if !unknown.is_empty() {
        return Err(AutogenerateError::NotAtHead {
            pending: Vec::new(),
            unknown,
        }
        .into());
    }
    if history.graph.is_empty() {
        return Ok(());
    }
    let plan = history.graph.plan_upgrade(&rows, "heads")?;
    let pending: Vec<_> = plan.steps.into_iter().map(|step| step.revision).collect();
    if pending.is_empty() {
        Ok(())
    } else {
        Err(AutogenerateError::NotAtHead { pending, unknown }.into())
    }
}

/// The rows of the version table; a database without one has none.
pub(crate) async fn version_rows(
    project: &Project,
    session: &mut Session,
) -> Result<Vec<String>, EngineError> {
    let books = RunSettings::of(project.settings()).books;
    let table = books.quoted(&books.version_table);
    let exists = format!(
        "SELECT pg_catalog.to_regclass({}) IS NOT NULL",
        rev_sql::quote_literal(&table)
    );
    let read = refused_to("read the version table");
    let rows = books.rows(session, &exists).await.map_err(&read)?;
    if !rows.first().is_some_and(|row| row.is_true(0)) {
        return Ok(Vec::new());
    }
    let query = format!("SELECT version_num FROM {table} ORDER BY 1");
    let rows = books.rows(session, &query).await.map_err(&read)?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

fn make_folder(project: &Project) -> Result<(), EngineError> {
    let Some(first) = project.settings().revisions.first() else {
        return Ok(());
    };
    let path = project.path(first);
    std::fs::create_dir_all(&path)
        .map_err(|error| EngineError::io("make", project.shown(&path), error))
}

/// Returns a difference as a section of a revision file.
pub(crate) fn section(changes: &Changes) -> String {
    text::section(changes, text::Style::default())
}
