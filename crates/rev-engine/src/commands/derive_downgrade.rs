//! `revision --derive-downgrade`: the way back from hand-written SQL, found by running it on the dev database.

use std::path::{Path, PathBuf};

use rev_dag::RevisionId;
use rev_schema::{DiffOptions, diff};
use rev_template::Draft;

use super::autogenerate::{AutogenerateError, section};
use crate::catalog;
use crate::error::EngineError;
use crate::events::EventSink;
use crate::files;
use crate::history::History;
use crate::project::Project;
use crate::rehearsal::{Proof, Rehearsal, Section, differences, order, run, upgrade};

/// What was derived.
#[derive(Clone, Debug)]
pub struct DerivedDowngrade {
    /// The revision.
    pub revision: RevisionId,
    /// Its file.
    pub path: PathBuf,
    /// The new downgrade section.
    pub sql: String,
    /// What the way back does not restore.
    pub losses: Vec<String>,
}

/// Writes the downgrade section of a revision file from what its upgrade does.
///
/// # Errors
/// The revision has a downgrade already, its upgrade does not run, or no way back was found. Nothing is written then.
pub async fn derive_downgrade(
    project: &Project,
    asked: &str,
    events: EventSink<'_>,
) -> Result<DerivedDowngrade, EngineError> {
    let history = History::read(project)?;
    let revision = find(project, &history, asked)?;
    let mut rehearsal = Rehearsal::new(project, events)?;
    rehearsal.ask_for_major().await;
    let outcome = derive(project, &history, &revision, &mut rehearsal).await;
    rehearsal.close().await;
    outcome
}

/// A revision by its file or by its identifier.
fn find(project: &Project, history: &History, asked: &str) -> Result<RevisionId, EngineError> {
    let path = project.start().join(asked);
    if let Ok(path) = path.canonicalize() {
        let same = |file: &Path| file.canonicalize().is_ok_and(|file| file == path);
        if let Some(entry) = history.files().find(|entry| same(&entry.path)) {
            return Ok(RevisionId::from(entry.header.revision.as_str()));
        }
    }
    Ok(history.graph.resolve_revision(asked)?)
}

async fn derive(
    project: &Project,
    history: &History,
    revision: &RevisionId,
    rehearsal: &mut Rehearsal<'_>,
) -> Result<DerivedDowngrade, EngineError> {
    let entry = history.file(revision)?;
    let body = history.body(revision)?;
    if body
        .downgrade
        .as_ref()
        .is_some_and(|section| !rev_sql::split(&section.text).unwrap_or_default().is_empty())
    {
        return Err(EngineError::HasDowngrade {
            revision: revision.clone(),
            path: entry.shown.clone(),
        });
    }
    let before = order(history, &[revision.to_string()])?
        .into_iter()
        .filter(|id| id != revision)
        .collect::<Vec<_>>();
    let database = rehearsal.replayed(history, &before).await?;
    let scope = rehearsal.scope().clone();
    let mut session = database.connect().await?;
    let old = catalog::read(&mut session, &scope).await?;
    upgrade(
        history,
        revision,
        &mut session,
        database.ground(&scope.default_schema),
    )
    .await?;
    let new = catalog::read(&mut session, &scope).await?;
    let changes = diff(&new, &old, &DiffOptions::default())?;
    let sql = section(&changes);
    let way_back = Section {
        text: &sql,
        line: 1,
        file: &entry.shown,
    };
    run(
        &mut session,
        way_back,
        database.ground(&scope.default_schema),
    )
    .await?;
    let left = differences(&catalog::read(&mut session, &scope).await?, &old);
    session.close().await;
    if !left.is_empty() {
        let proof = Proof {
            after_upgrade: Vec::new(),
            after_downgrade: left,
        };
        return Err(AutogenerateError::NotProved { proof, text: sql }.into());
    }
    let draft = Draft {
        header: body.header.clone(),
        upgrade: body.upgrade.text.clone(),
        downgrade: sql.clone(),
    };
    let text = rev_template::render(&draft, project.template()?.as_deref())?;
    files::replace(&entry.path, &text)?;
    Ok(DerivedDowngrade {
        revision: revision.clone(),
        path: entry.shown.clone(),
        sql,
        losses: changes
            .destructive
            .into_iter()
            .map(|loss| loss.what)
            .collect(),
    })
}
