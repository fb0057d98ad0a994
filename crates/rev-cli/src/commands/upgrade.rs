//! `rev upgrade`.

use crate::context::Context;
use crate::failure::Failure;
use crate::view::plan;
use rev_engine::ExitKind;
use rev_engine::commands::plan::Planned;

/// Bring a database up to a revision
///
/// `--plan --from ROWS` shows the steps for a database with these rows, with no
/// database at all.
///
///     rev upgrade head --plan --from base
///     rev upgrade +2 --plan --from 3f2a9c1b7d10,77c0ffee1234 --format json
///
/// Exit codes: 0 done or nothing to do, 1 no such revision, 8 the history is
/// unsound, has several heads, or lacks a row.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Where to: `head`, `heads`, an id, a label, `billing@head`, `+2`, `3f2a+1` …
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: String,
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
        Planned::Upgrade(&args.target),
    )
}
