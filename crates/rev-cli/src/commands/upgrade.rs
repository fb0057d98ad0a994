//! `rev upgrade`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{self, RunArgs};
use crate::precautions::{self, PrecautionArgs};
use crate::view::plan;
use rev_engine::ExitKind;
use rev_engine::commands::plan::Planned;

/// Bring a database up to a revision
///
/// Each revision is one transaction, together with its row in the version table and its entry in the history; what
/// refuses a transaction (CREATE INDEX CONCURRENTLY …) runs alone and is noted, so that nothing is ever half done: after
/// whatever went wrong, the same command goes on. Any number may run at once, one of them works and the others wait.
///
///     rev upgrade head                         everything
///     rev upgrade heads                        everything, on all branches
///     rev upgrade +2                           two revisions
///     rev upgrade billing@head                 one branch
///     rev upgrade head --wait 60s --exec -- /app/server --port 80
///     rev upgrade 3f2a:head --sql > up.sql     a script for psql, with no database at all
///     rev upgrade head --backup --validate     a dump before, and the database's health compared
///     rev upgrade head --plan --from base      the steps for an empty database, with no database at all
///
/// Exit codes: 0 done or nothing to do, 1 a statement failed (rolled back), 4 worse than before (`--validate`), 5 lock not
/// obtained, 6 refused, 7 database unreachable, 8 the history is unsound, has several heads, or lacks a row, 130/143
/// interrupted.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where to: `head`, `heads`, an id, a label, `billing@head`, `+2`, `3f2a+1` …
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: String,
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
    precautions: PrecautionArgs,
    #[command(flatten)]
    run: RunArgs,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let planned = Planned::Upgrade(&args.target);
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
    if args.precautions.is_empty() {
        return live::carry_out(context, &args.run, planned, true);
    }
    if args.run.dry_run {
        return Err(Failure::usage(
            "`--dry-run` rolls everything back: there is nothing to take precautions against",
            "leave one of them out".to_owned(),
        ));
    }
    precautions::carry_out(context, &args.run, &args.precautions, planned)
}
