//! From a revision's file to a script.

use super::error::RunError;
use super::execute::Job;
use super::script::{Direction, Script, raw_checksum, statements};
use crate::error::{EngineError, Place};
use crate::history::History;
use crate::pg::tables::GraphPlace;
use crate::pg::{Books, Session};
use rev_dag::{Action, Plan, RevisionId};
use rev_template::RevisionFile;
use std::path::Path;

/// The first line of a revision's message; nothing where its file is gone, as of a row that a stamp removes.
pub(crate) fn message(history: &History, id: &RevisionId) -> String {
    let Ok(entry) = history.file(id) else {
        return String::new();
    };
    let first = entry.header.message.lines().next();
    first.unwrap_or_default().to_owned()
}

/// What goes forward.
pub(crate) fn upgrade(history: &History, id: &RevisionId) -> Result<Script, EngineError> {
    let file = history.body(id)?;
    let shown = &history.file(id)?.shown;
    let statements = statements(&file.upgrade.text, file.upgrade.line, shown)?;
    let place = place(history, id, &file);
    Ok(script(
        &file,
        Direction::Upgrade,
        shown,
        statements,
        None,
        place,
    ))
}

/// Looks for what can be known to fail before anything runs: a batch whose statement cannot be cut into ranges.
pub(crate) fn check(script: &Script) -> Result<(), EngineError> {
    for statement in &script.statements {
        let Some(batch) = statement.batch() else {
            continue;
        };
        if rev_sql::narrow(&statement.sql, &batch.table).is_none() {
            return Err(RunError::Batch {
                place: Place::at(&script.file, statement.line),
                why: NOT_A_BATCH.to_owned(),
            }
            .into());
        }
    }
    Ok(())
}

/// What `rev:batch` can stand before.
pub(crate) const NOT_A_BATCH: &str =
    "rev:batch needs an UPDATE, a DELETE or a plain INSERT … SELECT that names its table";

/// Refuses statements that do not run in a transaction, where all of a run is one. All of them are named.
pub(crate) fn refuse_alone(jobs: &[Job], dry_run: bool) -> Result<(), EngineError> {
    let mut statements = Vec::new();
    for script in jobs.iter().filter_map(|job| job.script.as_ref()) {
        for statement in &script.statements {
            if statement.refuses_transaction.is_some() || statement.batch().is_some() {
                let place = Place::at(&script.file, statement.line);
                let text = crate::pg::lock::one_line(&statement.sql);
                statements.push(format!("{place}: {text}"));
            }
        }
    }
    if statements.is_empty() {
        return Ok(());
    }
    Err(RunError::RefusesTransaction {
        why: if dry_run {
            "`--dry-run` is one transaction"
        } else {
            "with `transaction: run` the whole run is one transaction"
        },
        statements,
    }
    .into())
}

/// What goes back. Where the file is gone, the history holds what the database kept of it.
pub(crate) fn downgrade(history: &History, id: &RevisionId) -> Result<Script, EngineError> {
    let file = history.body(id)?;
    let shown = &history.file(id)?.shown;
    if let Some(why) = &file.header.irreversible {
        return Err(RunError::Irreversible {
            revision: id.to_string(),
            why: why.clone(),
        }
        .into());
    }
    let Some(section) = &file.downgrade else {
        // A merge has nothing to undo, and is often written without a section.
        if file.header.down_revision.len() > 1 && file.upgrade.text.trim().is_empty() {
            let place = place(history, id, &file);
            return Ok(script(
                &file,
                Direction::Downgrade,
                shown,
                Vec::new(),
                None,
                place,
            ));
        }
        return Err(RunError::NoDowngrade {
            revision: id.to_string(),
            place: Place::file(shown),
        }
        .into());
    };
    let down = statements(&section.text, section.line, shown)?;
    let checksum = statements_checksum(&file, shown)?;
    let place = place(history, id, &file);
    Ok(script(
        &file,
        Direction::Downgrade,
        shown,
        down,
        Some(checksum),
        place,
    ))
}

fn statements_checksum(file: &RevisionFile, shown: &Path) -> Result<String, EngineError> {
    let up = statements(&file.upgrade.text, file.upgrade.line, shown)?;
    Ok(rev_sql::fingerprint(
        up.iter().map(|statement| statement.sql.as_str()),
    ))
}

fn script(
    file: &RevisionFile,
    direction: Direction,
    shown: &Path,
    statements: Vec<super::script::ScriptStatement>,
    checksum: Option<String>,
    place: GraphPlace,
) -> Script {
    Script {
        revision: file.header.revision.clone(),
        message: file
            .header
            .message
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        direction,
        file: shown.to_owned(),
        checksum: checksum.unwrap_or_else(|| {
            rev_sql::fingerprint(statements.iter().map(|statement| statement.sql.as_str()))
        }),
        raw_checksum: raw_checksum(&file.upgrade.text),
        upgrade_sql: file.upgrade.text.clone(),
        downgrade_sql: file.downgrade.as_ref().map(|section| section.text.clone()),
        statements,
        place,
    }
}

/// What the history table keeps of a revision's place, for a database that outlives the file.
fn place(history: &History, id: &RevisionId, file: &RevisionFile) -> GraphPlace {
    let dependencies = history.graph.dependencies(id.as_str());
    GraphPlace {
        parents: file.header.down_revision.clone(),
        depends_on: dependencies.iter().map(ToString::to_string).collect(),
        branch_labels: file.header.branch_labels.clone(),
        irreversible: file.header.irreversible.clone(),
    }
}

/// What a plan's downgrades lose, each with its revision. Refuses at once where a revision has no way back.
pub(crate) fn losses(history: &History, plan: &Plan) -> Result<Vec<String>, EngineError> {
    let mut losses = Vec::new();
    for step in &plan.steps {
        if step.action != Action::Downgrade {
            continue;
        }
        let script = downgrade(history, &step.revision)?;
        for statement in &script.statements {
            for loss in &statement.facts.destructive {
                if loss.loses_data() {
                    losses.push(format!("{} {loss}", step.revision));
                }
            }
        }
    }
    Ok(losses)
}

/// Compares the applied revisions' files with what ran. Bytes first; only where those differ are tokens compared.
pub(crate) async fn check_checksums(
    session: &mut Session,
    books: &Books,
    history: &History,
    rows: &[String],
) -> Result<(), EngineError> {
    let changed = changed_revisions(session, books, history, rows).await?;
    let Some(id) = changed.into_iter().next() else {
        return Ok(());
    };
    let ran = books
        .rows(session, &format!(
            "SELECT upgrade_sql FROM {} WHERE revision = {} AND action IN ('upgrade', 'repair') AND status = 'done' ORDER BY id DESC LIMIT 1",
            books.quoted("rev_history"),
            rev_sql::quote_literal(id.as_str())
        ))
        .await
        .map_err(|error| RunError::bookkeeping("read rev_history", error))?;
    let ran = ran.first().map_or("", |row| row.text(0)).to_owned();
    let file = history.body(&id)?;
    Err(RunError::ChecksumChanged {
        revision: id.to_string(),
        place: Place::at(&history.file(&id)?.shown, file.upgrade.line),
        difference: difference(&ran, &file.upgrade.text),
    }
    .into())
}

/// The applied revisions whose statements are not those that ran, in order.
pub(crate) async fn changed_revisions(
    session: &mut Session,
    books: &Books,
    history: &History,
    rows: &[String],
) -> Result<Vec<RevisionId>, EngineError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let noted = books
        .rows(
            session,
            &format!(
                "SELECT DISTINCT ON (revision) revision, checksum, raw_checksum FROM {} \
             WHERE action IN ('upgrade', 'repair') AND status = 'done' ORDER BY revision, id DESC",
                books.quoted("rev_history")
            ),
        )
        .await
        .map_err(|error| RunError::bookkeeping("read rev_history", error))?;
    let applied = history.graph.ancestors(rows.iter().map(String::as_str));
    let mut changed = Vec::new();
    for id in applied {
        let Some(note) = noted.iter().find(|row| row.text(0) == id.as_str()) else {
            // Stamped, or applied by another tool: nothing to compare with.
            continue;
        };
        let file = history.body(&id)?;
        if note.text(2) == raw_checksum(&file.upgrade.text) {
            continue;
        }
        let shown = &history.file(&id)?.shown;
        if note.get(1).is_some_and(|noted| !noted.is_empty())
            && statements_checksum(&file, shown)? != note.text(1)
        {
            changed.push(id);
        }
    }
    Ok(changed)
}

/// The lines of one text that the other has not, both ways: enough to see what was touched.
pub(crate) fn difference(before: &str, after: &str) -> String {
    let old: Vec<&str> = before.lines().map(str::trim_end).collect();
    let new: Vec<&str> = after.lines().map(str::trim_end).collect();
    let same_start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let same_end = old[same_start..]
        .iter()
        .rev()
        .zip(new[same_start..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let mut lines = Vec::new();
    lines.extend(
        old[same_start..old.len() - same_end]
            .iter()
            .map(|line| format!("  - {line}")),
    );
    lines.extend(
        new[same_start..new.len() - same_end]
            .iter()
            .map(|line| format!("  + {line}")),
    );
    lines.join("\n")
}
