//! `repair`: an applied revision whose file was changed on purpose is accepted as it is now.

use super::run::{Surroundings, open};
use crate::error::EngineError;
use crate::pg::tables::Entry;
use crate::project::Project;
use crate::runner::carry::{look_at_layout, refuse_read_only, take_lock};
use crate::runner::{Identity, RunError, load};
use rev_dag::RevisionId;
use std::time::Duration;

/// What is to be accepted.
#[derive(Debug, Clone, Default)]
pub struct RepairOptions {
    /// These revisions; none means all that changed.
    pub revisions: Vec<String>,
    /// Why, for the history.
    pub reason: String,
    /// How long to wait for the database.
    pub wait: Option<Duration>,
}

/// Writes the present checksums of changed revisions into the history, and returns which.
///
/// # Errors
/// The history is unsound, the database cannot be reached or takes no changes, or another runner holds the lock.
pub async fn repair(
    project: &Project,
    options: &RepairOptions,
    surroundings: Surroundings<'_>,
) -> Result<Vec<RevisionId>, EngineError> {
    let mut opened = open(project, options.wait, surroundings).await?;
    let books = &opened.settings.books;
    if !opened.state.has_history {
        opened.session.close().await;
        return Ok(Vec::new());
    }
    let known: Vec<String> = opened
        .state
        .rows
        .iter()
        .filter(|row| opened.history.graph.get(row).is_some())
        .cloned()
        .collect();
    let mut changed =
        load::changed_revisions(&mut opened.session, books, &opened.history, &known).await?;
    if !options.revisions.is_empty() {
        let mut wanted = Vec::new();
        for text in &options.revisions {
            wanted.extend(opened.history.graph.resolve_revisions(text)?);
        }
        changed.retain(|id| wanted.contains(id));
    }
    if changed.is_empty() {
        opened.session.close().await;
        return Ok(changed);
    }
    refuse_read_only(&opened.state, opened.session.place())?;
    let identity = Identity::of(
        &project.settings().variables,
        surroundings.ids,
        project.root(),
    );
    let (mut session, _) = take_lock(
        opened.session,
        &opened.connect,
        &opened.settings,
        &identity,
        surroundings.events,
        surroundings.interrupt,
    )
    .await?;
    let mut statements: Vec<String> = books.as_role().into_iter().collect();
    if !look_at_layout(&mut session, books, &opened.state)
        .await?
        .is_complete
    {
        statements.extend(books.create());
    }
    for id in &changed {
        let script = load::upgrade(&opened.history, id)?;
        statements.push(books.insert_history(&Entry {
            run_id: &identity.run_id,
            revision: id.as_str(),
            action: "repair",
            message: &script.message,
            status: "done",
            checksum: Some(&script.checksum),
            raw_checksum: Some(&script.raw_checksum),
            upgrade_sql: Some(&script.upgrade_sql),
            downgrade_sql: script.downgrade_sql.as_deref(),
            statements: script.statements.len(),
            host: &identity.host,
            actor: &identity.actor,
            git_commit: identity.git_commit.as_deref(),
            note: Some(&options.reason),
            place: Some(&script.place),
            ..Entry::default()
        }));
    }
    let mut message: Vec<&str> = statements.iter().map(String::as_str).collect();
    message.push("COMMIT");
    session
        .send(&message)
        .await
        .map_err(|error| RunError::bookkeeping("write rev_history", error))?;
    session.close().await;
    Ok(changed)
}
