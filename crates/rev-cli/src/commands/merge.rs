//! `rev merge`.

use crate::commands::revision::Written;
use crate::context::Context;
use crate::failure::Failure;
use rev_engine::ExitKind;
use rev_engine::commands::merge::merge;
use rev_engine::new_revision::NewRevisionOptions;
use std::path::PathBuf;

/// Join several heads into one
///
/// Writes a revision whose parents are the given heads. Applying it changes
/// nothing but the version rows, unless you write SQL into it.
///
///     rev merge heads -m "merge billing and search"
///     rev merge 3f2a 77c0
///
/// To put one branch on top of the other instead, without a merge revision, see
/// `rev rebase`.
///
/// Exit codes: 0 done, 1 fewer than two heads, one that is no head, or the file
/// exists, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Heads to join: ids, labels, or `heads` for all
    #[arg(value_name = "REV", required = true)]
    revisions: Vec<String>,
    /// What it is for [default: merge A and B]
    #[arg(short, long, value_name = "TEXT", default_value = "")]
    message: String,
    /// Name the line of revisions that starts here
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Revisions folder to write to
    #[arg(long, value_name = "DIR")]
    version_path: Option<PathBuf>,
    /// Identifier to use instead of a made-up one
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Let a parent be a revision that others follow already
    #[arg(long)]
    splice: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = NewRevisionOptions {
        message: args.message.clone(),
        heads: args.revisions.clone(),
        splice: args.splice,
        branch_labels: args.branch_label.clone(),
        depends_on: Vec::new(),
        version_path: args.version_path.clone(),
        rev_id: args.rev_id.clone(),
    };
    let new = merge(&project, &options, &*context.clock(), &*context.ids())?;
    context.show(&Written(new))
}
