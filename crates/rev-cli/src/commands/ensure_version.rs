//! `rev ensure-version`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{WaitArgs, with_surroundings};
use crate::ui::Ui;
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::ensure_version::{EnsureVersionReport, ensure_version};
use serde_json::{Map, Value, json};

/// Create rev's own tables in the database, and nothing else
///
/// `upgrade` does so by itself. This is for a role with more rights than the one that upgrades, and for dashboards that
/// expect the tables to be there.
///
///     rev ensure-version -d postgres://owner@db/shop
///
/// Exit codes: 0 done or nothing to do, 1 the role may not, 5 lock not obtained, 6 the server is read-only,
/// 7 database unreachable.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    wait: WaitArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let wait = args.wait.wait(&project)?;
    let report = with_surroundings(context, async |surroundings| {
        ensure_version(&project, wait, surroundings).await
    })?;
    context.show(&Report(report))
}

struct Report(EnsureVersionReport);

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        Ok(object(
            json!({"table": self.0.table, "created": self.0.created}),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        if self.0.created {
            ui.println(format_args!("created {} and its companions", self.0.table))
        } else {
            ui.println(format_args!("nothing to do: {} is there", self.0.table))
        }
    }
}
