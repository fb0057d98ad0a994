//! `rev restore`.

use super::backup::{DirectoryArgs, print_proof};
use super::validate::{finding_json, print_findings};
use crate::context::Context;
use crate::failure::Failure;
use crate::live::with_surroundings;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::backup::{RestoreOptions, RestoreReport};
use rev_engine::commands::backup::restore;
use rev_engine::runner::Consent;
use rev_engine::validate::Severity;
use serde_json::{Map, Value, json};

/// Restore a backup to a new database, prove it, and put it in place
///
/// The dump goes into a new database on the same server. That is compared with the manifest and looked over while the
/// application goes on with the old one; only then are clients disconnected, for two renames in one transaction. The old
/// database stays, as NAME_before_restore_TIME: drop it when you are sure. If anything fails before the
/// renames, the database is as it was.
///
///     rev restore                              the newest backup
///     rev restore shop_20261120T143000Z --yes
///     rev restore latest --into shop_study     beside it, replacing nothing
///
/// The role needs CREATEDB, to own the database, and to be allowed to end its sessions. What was written since the
/// backup is not in the restored database.
///
/// Exit codes: 0 done, 1 failed or damaged, 6 refused: it replaces a database and nobody said --yes,
/// 7 database unreachable, 130/143 interrupted.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Its name, a file of it, or `latest`
    #[arg(value_name = "BACKUP", default_value = "latest")]
    backup: String,
    #[command(flatten)]
    directory: DirectoryArgs,
    /// Name of the restored database [default: the one in use, which is replaced]
    #[arg(long, value_name = "NAME")]
    into: Option<String>,
    /// Replace a database of another name or server than the backup's
    #[arg(long)]
    other_database: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let backup = args.directory.store(&project).find(&args.backup)?;
    let options = RestoreOptions {
        into: args.into.clone(),
        other_database: args.other_database,
    };
    let clock = context.clock();
    let ask = |losses: &[String]| crate::live::ask(&context.ui, losses);
    let report = with_surroundings(context, async |surroundings| {
        let consent = if args.yes {
            Consent::Given
        } else if context.ui.may_ask() {
            Consent::Ask(&ask)
        } else {
            Consent::Missing
        };
        restore(&project, &backup, &options, consent, &*clock, surroundings).await
    })?;
    context.show(&Restored(report))
}

struct Restored(RestoreReport);

impl View for Restored {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let report = &self.0;
        let findings: Vec<_> = report.health.findings.iter().map(finding_json).collect();
        Ok(object(json!({
            "backup": report.backup,
            "database": report.database,
            "kept": report.kept,
            "proved": report.proof.proved,
            "left_out": report.proof.left_out,
            "findings": findings,
            "outage_ms": u64::try_from(report.outage.as_millis()).unwrap_or(u64::MAX),
            "duration_ms": u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let report = &self.0;
        print_proof(ui, &report.proof)?;
        let findings: Vec<_> = report
            .health
            .findings
            .iter()
            .filter(|finding| finding.severity > Severity::Note)
            .cloned()
            .collect();
        print_findings(ui, &findings)?;
        ui.println(format_args!(
            "`{}` holds {} now; clients were shut out for {:.1} ms",
            report.database,
            report.backup,
            report.outage.as_secs_f64() * 1e3
        ))?;
        if let Some(kept) = &report.kept {
            ui.println(format_args!(
                "the old database is {}; when you are sure: DROP DATABASE {}",
                paint(ui.out_styles.heading, kept),
                rev_sql::quote_ident(kept)
            ))?;
        }
        Ok(())
    }
}
