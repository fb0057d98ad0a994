//! `rev stamp`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{self, RunArgs};
use crate::view::plan;
use rev_engine::ExitKind;
use rev_engine::commands::plan::Planned;

/// Set the rows of the version table, run nothing
///
///     rev stamp head                           the database is as the newest revision says
///     rev stamp base                           nothing is applied
///     rev stamp head --purge                   forget all rows first, also those that no file knows
///     rev stamp billing@head core@head --plan --from 3f2a9c1b7d10
///
/// Exit codes: 0 done or nothing to do, 1 no such revision, 5 lock not obtained, 7 database unreachable, 8 the history
/// is unsound, has several heads, or lacks a row.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where to: `head`, `heads`, an id, a label, `billing@head`, `base` …
    #[arg(value_name = "TARGET", required = true, allow_negative_numbers = true)]
    targets: Vec<String>,
    /// Remove all rows first, known or not
    #[arg(long)]
    purge: bool,
    /// Show what would happen, do nothing
    #[arg(long)]
    plan: bool,
    /// Write the plan as a script for psql, do nothing
    #[arg(long, conflicts_with_all = ["plan", "dry_run", "exec"])]
    sql: bool,
    /// Plan from these rows instead of a database's: ids with commas between them, or `base`
    #[arg(long, value_name = "ROWS")]
    from: Option<String>,
    #[command(flatten)]
    run: RunArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let planned = Planned::Stamp {
        targets: &args.targets,
        purge: args.purge,
    };
    if args.sql {
        return live::write_script(context, &args.run, args.from.as_deref(), planned);
    }
    if args.from.is_some() && !args.plan {
        return Err(Failure::usage(
            "`--from` is for `--plan` and `--sql`: a run starts from the database's own rows",
            "add `--plan` or `--sql`, or leave `--from` out".to_owned(),
        ));
    }
    if args.plan {
        return match &args.from {
            Some(rows) => plan::from_rows(context, rows, planned),
            None => live::show_plan(context, &args.run, planned),
        };
    }
    live::carry_out(context, &args.run, planned, true)
}
