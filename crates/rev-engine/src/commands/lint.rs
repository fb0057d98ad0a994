//! `lint`: unsafe statements in revision files, with the lock they take and the safe form.

use crate::codes::ExitKind;
use crate::error::{EngineError, Place};
use crate::history::History;
use crate::runner::RunError;
use rev_dag::RevisionId;
use rev_sql::{Finding, LintOptions, Severity};
use rev_template::Section;
use std::path::PathBuf;

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct LintRequest {
    /// Revisions or ranges (`a:b`); all of the history when empty.
    pub targets: Vec<String>,
    /// Look at the downgrade sections too.
    pub downgrades: bool,
    /// The server's major version; the newest when not known.
    pub server_major: Option<u32>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct LintReport {
    /// How many revisions were looked at.
    pub revisions: usize,
    /// The findings, revision by revision, oldest first.
    pub findings: Vec<RevisionFinding>,
}

/// One finding and where it is.
#[derive(Debug, Clone)]
pub struct RevisionFinding {
    /// The revision.
    pub revision: RevisionId,
    /// Its file, as a person would type it.
    pub file: PathBuf,
    /// The line in the file.
    pub line: u32,
    /// Whether it is in the downgrade section.
    pub downgrade: bool,
    /// The statement.
    pub sql: String,
    /// What is wrong with it.
    pub finding: Finding,
}

impl LintReport {
    /// Returns how many findings of this severity nobody has accepted.
    pub fn count(&self, severity: Severity) -> usize {
        self.open()
            .filter(|found| found.finding.severity == severity)
            .count()
    }

    /// Returns how many findings the authors have accepted.
    pub fn accepted(&self) -> usize {
        self.findings.len() - self.open().count()
    }

    /// Returns the findings that nobody has accepted.
    pub fn open(&self) -> impl Iterator<Item = &RevisionFinding> {
        self.findings
            .iter()
            .filter(|found| found.finding.allowed_because.is_none())
    }

    /// Returns how the process ends: notes alone do not stop anybody, unless `strict`.
    pub fn exit(&self, strict: bool) -> ExitKind {
        let least = if strict {
            Severity::Note
        } else {
            Severity::Warning
        };
        match self.open().any(|found| found.finding.severity >= least) {
            true => ExitKind::Refused,
            false => ExitKind::Done,
        }
    }
}

/// Looks for unsafe statements.
///
/// # Errors
/// A target that names nothing, a file that cannot be read, or a script that cannot be cut into statements.
pub fn lint(history: &History, request: &LintRequest) -> Result<LintReport, EngineError> {
    let mut options = LintOptions::default();
    if let Some(major) = request.server_major {
        options.server_major = major;
    }
    let revisions = revisions(history, &request.targets)?;
    let mut report = LintReport {
        revisions: revisions.len(),
        findings: Vec::new(),
    };
    for id in &revisions {
        let body = history.body(id)?;
        section(&mut report, history, id, &body.upgrade, false, &options)?;
        if let Some(downgrade) = body.downgrade.filter(|_| request.downgrades) {
            section(&mut report, history, id, &downgrade, true, &options)?;
        }
    }
    Ok(report)
}

/// Returns the revisions meant, in the order of an upgrade and each once.
fn revisions(history: &History, targets: &[String]) -> Result<Vec<RevisionId>, EngineError> {
    let all = history.graph.in_order();
    if targets.is_empty() {
        return Ok(all);
    }
    let mut meant = Vec::new();
    for target in targets {
        meant.extend(match target.contains(':') {
            true => history.graph.range_at(target, &[])?,
            false => history.graph.resolve_revisions(target)?,
        });
    }
    Ok(all.into_iter().filter(|id| meant.contains(id)).collect())
}

fn section(
    report: &mut LintReport,
    history: &History,
    id: &RevisionId,
    section: &Section,
    downgrade: bool,
    options: &LintOptions,
) -> Result<(), EngineError> {
    let file = &history.file(id)?.shown;
    let in_file = |line: u32| section.line + line - 1;
    let statements = rev_sql::split(&section.text).map_err(|error| RunError::BadScript {
        place: Place::at(file, in_file(error.line)),
        message: match error.hint {
            Some(hint) => format!("{} ({hint})", error.message),
            None => error.message,
        },
    })?;
    for finding in rev_sql::lint(&statements, options) {
        report.findings.push(RevisionFinding {
            revision: id.clone(),
            file: file.clone(),
            line: in_file(finding.line),
            downgrade,
            sql: statements[finding.statement].sql.clone(),
            finding,
        });
    }
    Ok(())
}
