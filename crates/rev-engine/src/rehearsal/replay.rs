//! The history replayed: what all its revisions together make of an empty database.

use rev_dag::{Action, RevisionId};

use super::run::{Ground, Section, run};
use crate::dev_database::ScratchDatabase;
use crate::error::EngineError;
use crate::history::History;
use crate::pg::Session;

/// Returns the revisions in the order in which an empty database would get them.
///
/// # Errors
/// The targets cannot be resolved, or are in each other's way.
pub(crate) fn order(history: &History, targets: &[String]) -> Result<Vec<RevisionId>, EngineError> {
    let mut revisions: Vec<RevisionId> = Vec::new();
    let mut rows: Vec<String> = Vec::new();
    if history.graph.is_empty() {
        return Ok(revisions);
    }
    for target in targets {
        let plan = history.graph.plan_upgrade(&rows, target)?;
        rows = plan
            .heads_after()
            .iter()
            .map(RevisionId::to_string)
            .collect();
        let upgrades = plan
            .steps
            .into_iter()
            .filter(|step| step.action == Action::Upgrade);
        revisions.extend(upgrades.map(|step| step.revision));
    }
    Ok(revisions)
}

/// Runs the upgrades of revisions in a scratch database.
///
/// # Errors
/// A file cannot be read, or a statement fails: named with file and line.
pub(crate) async fn replay(
    history: &History,
    revisions: &[RevisionId],
    database: &ScratchDatabase,
    default_schema: &str,
) -> Result<(), EngineError> {
    if revisions.is_empty() {
        return Ok(());
    }
    let mut session = database.connect().await?;
    for revision in revisions {
        upgrade(
            history,
            revision,
            &mut session,
            database.ground(default_schema),
        )
        .await?;
    }
    session.close().await;
    Ok(())
}

/// Runs one revision's upgrade.
///
/// # Errors
/// As [`replay`].
pub(crate) async fn upgrade(
    history: &History,
    revision: &RevisionId,
    session: &mut Session,
    ground: Ground<'_>,
) -> Result<(), EngineError> {
    let body = history.body(revision)?;
    let section = Section {
        text: &body.upgrade.text,
        line: body.upgrade.line,
        file: &history.file(revision)?.shown,
    };
    run(session, section, ground).await
}
