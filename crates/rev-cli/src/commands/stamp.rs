//! `rev stamp`.

use crate::context::Context;
use crate::failure::Failure;
use crate::view::plan;
use rev_engine::ExitKind;
use rev_engine::commands::plan::Planned;

/// Set the rows of the version table, run nothing
///
/// `--plan --from ROWS` shows what would change for a database with these rows,
/// with no database at all.
///
///     rev stamp head --plan --from base
///     rev stamp billing@head core@head --plan --from 3f2a9c1b7d10
///
/// Exit codes: 0 done or nothing to do, 1 no such revision, 8 the history is
/// unsound, has several heads, or lacks a row.
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
    #[arg(long, required = true)]
    plan: bool,
    /// Plan from these rows instead of a database's: ids with commas between them, or `base`
    #[arg(long, value_name = "ROWS", requires = "plan", required = true)]
    from: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    plan::from_rows(
        context,
        args.from.as_deref().unwrap_or_default(),
        Planned::Stamp {
            targets: &args.targets,
            purge: args.purge,
        },
    )
}
