//! `rev downgrade`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::{self, RunArgs};
use crate::view::plan;
use rev_engine::ExitKind;
use rev_engine::commands::plan::Planned;

/// Take a database back to a revision
///
/// What loses data is shown and asked first; where nobody can be asked it needs `--yes`.
///
///     rev downgrade -1                         one revision back
///     rev downgrade 3f2a9c1b7d10               back to this one, which stays
///     rev downgrade base --yes                 everything
///     rev downgrade billing@base               one branch
///     rev downgrade 3f2a:9a0b --sql > down.sql a script for psql, from the first to the second
///     rev downgrade -1 --plan --from 3f2a9c1b7d10
///
/// Exit codes: 0 done or nothing to do, 1 a statement failed (rolled back), 5 lock not obtained, 6 refused as
/// destructive or irreversible, 7 database unreachable, 8 the history is unsound or lacks a row, 130/143 interrupted.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where to: `-1`, an id, `base`, `billing@base`, `billing@-2` …
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: String,
    /// Lose data without asking
    #[arg(short, long)]
    yes: bool,
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
    let planned = Planned::Downgrade(&args.target);
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
    live::carry_out(context, &args.run, planned, args.yes)
}
