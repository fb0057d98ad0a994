//! The part of `check` that needs a server: models against history, history against the database.

use rev_schema::{Changes, DiffOptions, diff};

use super::autogenerate::version_rows;
use super::check::CheckLine;
use super::current::stored_of;
use crate::codes::ExitKind;
use crate::error::EngineError;
use crate::events::EventSink;
use crate::history::History;
use crate::models::{ModelError, Models};
use crate::pg::Session;
use crate::project::Project;
use crate::rehearsal::{Rehearsal, Source};
use crate::runner::RunSettings;
use crate::runner::carry::look;
use crate::runner::load::changed_revisions;

/// What of it is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct SchemaChecks {
    /// Compare the models with the history.
    pub models: bool,
    /// Compare the database with the history.
    pub database: bool,
}

/// Compares models, history and database, a line for each comparison. A comparison that cannot be made is a line too.
pub async fn check_schema(
    project: &Project,
    history: &History,
    wanted: SchemaChecks,
    events: EventSink<'_>,
) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    let mut rehearsal = match Rehearsal::new(project, events) {
        Ok(rehearsal) => rehearsal,
        Err(error) => return vec![CheckLine::of_error("models", &error)],
    };
    let mut live = None;
    if wanted.database {
        match connect(project, &mut rehearsal).await {
            Ok(Some(session)) => live = Some(session),
            Ok(None) => lines.push(CheckLine::skipped("database", "no database is configured")),
            Err(error) => lines.push(CheckLine::of_error("database", &error)),
        }
    }
    if wanted.models {
        lines.insert(0, models(project, history, &mut rehearsal).await);
    }
    if let Some(mut session) = live {
        match database(project, history, &mut rehearsal, &mut session).await {
            Ok(found) => lines.extend(found),
            Err(error) => lines.push(CheckLine::of_error("database", &error)),
        }
        session.close().await;
    }
    rehearsal.close().await;
    lines
}

/// Connects first: the server's major version is the one to rehearse on.
async fn connect(
    project: &Project,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<Option<Session>, EngineError> {
    if project.settings().database()?.is_none() {
        return Ok(None);
    }
    let session = rehearsal.open_target().await?;
    rehearsal.for_server(session.version());
    Ok(Some(session))
}

async fn models(project: &Project, history: &History, rehearsal: &mut Rehearsal<'_>) -> CheckLine {
    if project.settings().models.is_empty() {
        return CheckLine::skipped("models", "rev.yaml names no models");
    }
    match models_against_history(project, history, rehearsal).await {
        Ok(changes) if changes.is_empty() => {
            CheckLine::fine("models", "the models agree with the history")
        }
        Ok(changes) => {
            let mut line = CheckLine::wrong(
                "models",
                ExitKind::Pending,
                format!(
                    "the models differ from the history in {}",
                    count(changes.summary.len(), "place")
                ),
                "write the difference as a revision: `rev autogenerate -m \"…\"`".to_owned(),
            );
            line.details = changes.summary.iter().map(ToString::to_string).collect();
            line
        }
        // A project that is only history has no models to compare.
        Err(EngineError::Model(ModelError::NoModels { patterns })) => {
            CheckLine::skipped("models", format!("no file fits {}", patterns.join(", ")))
        }
        Err(error) => CheckLine::of_error("models", &error),
    }
}

async fn models_against_history(
    project: &Project,
    history: &History,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<Changes, EngineError> {
    let models = Models::read(project)?;
    rehearsal.ask_for_major().await;
    let current = rehearsal.history(history, &["heads".to_owned()]).await?;
    let wanted = rehearsal.models(&models).await?;
    Ok(diff(
        &current.catalog,
        &wanted.catalog,
        &DiffOptions::default(),
    )?)
}

/// What the database lacks of the history, and where it is not what its own revisions made of it.
async fn database(
    project: &Project,
    history: &History,
    rehearsal: &mut Rehearsal<'_>,
    session: &mut Session,
) -> Result<Vec<CheckLine>, EngineError> {
    let rows = version_rows(project, session).await?;
    let unknown: Vec<&String> = rows
        .iter()
        .filter(|row| history.graph.get(row.as_str()).is_none())
        .collect();
    if let Some(first) = unknown.first() {
        return Ok(vec![unknown_row(project, history, session, first).await?]);
    }
    let mut lines = vec![pending(history, &rows)?];
    lines.extend(checksums(project, history, session, &rows).await?);
    let made = if rows.is_empty() {
        Source::Empty
    } else {
        Source::History(rows.join(","))
    };
    let made = match made {
        Source::History(_) => rehearsal.history(history, &rows).await?,
        other => rehearsal.side(&other).await?,
    };
    let live = rehearsal.live(session).await?;
    let drift = diff(&made.catalog, &live.catalog, &DiffOptions::default())?;
    lines.push(if drift.is_empty() {
        CheckLine::fine("drift", "the database is what its revisions made of it")
    } else {
        let mut line = CheckLine::wrong(
            "drift",
            ExitKind::Drift,
            format!("the database was changed by hand in {}", count(drift.summary.len(), "place")),
            "`rev diff history database` shows the statements; undo them by hand, or take them into the models".to_owned(),
        );
        line.details = drift.summary.iter().map(ToString::to_string).collect();
        line
    });
    Ok(lines)
}

/// The line about a row that no file knows, with what the database says of it.
async fn unknown_row(
    project: &Project,
    history: &History,
    session: &mut Session,
    row: &str,
) -> Result<CheckLine, EngineError> {
    let books = RunSettings::of(project.settings()).books;
    let state = look(session, &books).await?;
    let stored = stored_of(session, &books, &state, history).await?;
    let mut line = CheckLine::wrong(
        "database",
        ExitKind::Unsound,
        format!("its version table names `{row}`, which the history does not have"),
        "get the missing revision files, or `rev stamp` the database to where it is".to_owned(),
    );
    for revision in &stored {
        line.details
            .push(format!("{}: {revision}", revision.revision));
        let told = revision.told();
        line.details
            .extend(told.iter().map(|statement| format!("    {statement}")));
    }
    Ok(line)
}

/// Compares the files of applied revisions with what ran; nothing to say where `rev` ran nothing yet.
async fn checksums(
    project: &Project,
    history: &History,
    session: &mut Session,
    rows: &[String],
) -> Result<Option<CheckLine>, EngineError> {
    let books = RunSettings::of(project.settings()).books;
    if !look(session, &books).await?.has_history {
        return Ok(None);
    }
    let changed = changed_revisions(session, &books, history, rows).await?;
    if changed.is_empty() {
        let sentence = "applied revisions are as they ran";
        return Ok(Some(CheckLine::fine("checksums", sentence)));
    }
    let mut line = CheckLine::wrong(
        "checksums",
        ExitKind::Unsound,
        format!(
            "{} changed after being applied",
            count(changed.len(), "revision")
        ),
        "take the change back and write a new revision, or accept it: `rev repair --reason \"…\"`"
            .to_owned(),
    );
    for id in &changed {
        line.details
            .push(history.file(id)?.shown.display().to_string());
    }
    Ok(Some(line))
}

fn pending(history: &History, rows: &[String]) -> Result<CheckLine, EngineError> {
    if history.graph.is_empty() {
        return Ok(CheckLine::fine("database", "nothing to apply"));
    }
    let plan = history.graph.plan_upgrade(rows, "heads")?;
    if plan.steps.is_empty() {
        return Ok(CheckLine::fine("database", "all revisions are applied"));
    }
    let mut line = CheckLine::wrong(
        "database",
        ExitKind::Pending,
        format!("{} not applied yet", count(plan.steps.len(), "revision")),
        "apply with `rev upgrade head`".to_owned(),
    );
    line.details = plan
        .steps
        .iter()
        .map(|step| step.revision.to_string())
        .collect();
    Ok(line)
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
