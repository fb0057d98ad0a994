//! `merge --check`: do branches commute? Both orders are run on the dev database, and the catalogues compared.

use crate::error::EngineError;
use crate::events::EventSink;
use crate::history::History;
use crate::project::Project;
use crate::rehearsal::{Rehearsal, differences, order};

/// How two orders compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommuteReport {
    /// The first order, as heads.
    pub one: Vec<String>,
    /// The other.
    pub other: Vec<String>,
    /// What comes out differently; empty when the branches commute.
    pub differences: Vec<String>,
}

/// Runs branches in both orders and compares what comes out.
///
/// # Errors
/// A head does not exist, or a statement fails in one of the orders: named with its line.
pub async fn commute(
    project: &Project,
    heads: &[String],
    events: EventSink<'_>,
) -> Result<CommuteReport, EngineError> {
    let history = History::read(project)?;
    let mut one: Vec<String> = Vec::new();
    for asked in heads {
        for head in history.graph.resolve_revisions(asked)? {
            if !one.contains(&head.to_string()) {
                one.push(head.to_string());
            }
        }
    }
    let other: Vec<String> = one.iter().rev().cloned().collect();
    let mut rehearsal = Rehearsal::new(project, events)?;
    rehearsal.ask_for_major().await;
    let outcome = both(&history, &one, &other, &mut rehearsal).await;
    rehearsal.close().await;
    Ok(CommuteReport {
        differences: outcome?,
        one,
        other,
    })
}

async fn both(
    history: &History,
    one: &[String],
    other: &[String],
    rehearsal: &mut Rehearsal<'_>,
) -> Result<Vec<String>, EngineError> {
    let mut catalogs = Vec::new();
    for heads in [one, other] {
        let revisions = order(history, heads)?;
        let database = rehearsal.replayed(history, &revisions).await?;
        catalogs.push(rehearsal.read(&database).await?);
    }
    Ok(differences(&catalogs[0], &catalogs[1]))
}
