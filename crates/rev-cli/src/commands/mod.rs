//! The commands: one file each, named as the user calls it.
//!
//! # A new command
//!
//! One file, and two lines here: the module, and its line in `commands!` (which is the order in `rev --help`).
//! A command is listed when it works, not before. The file `x.rs` holds
//!
//! ```ignore
//! /// The summary line of `rev --help`
//! ///
//! /// The manual: what it does, examples indented by four spaces, exit codes.
//! #[derive(Debug, clap::Args)]
//! #[command(verbatim_doc_comment)]
//! pub struct Args {
//!     /// Revision to go to: an id, `head`, `+2`, `billing@head` …
//!     #[arg(allow_negative_numbers = true)]          // `rev downgrade -1` as it stands
//!     target: String,
//! }
//!
//! pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
//!     let project = context.project()?;
//!     let report = context.block_on(rev_engine::commands::x::x(&project, &args.into(), &|event| context.ui.event(event)))?;
//!     context.show(&Report(report))                  // impl View for Report: json, text, exit
//! }
//! ```
//!
//! Any `EngineError` (or what converts into one) leaves with `?`; words, hint, JSON and exit code are made at the edge.
//! Data to show beside the error in JSON: `Failure::from(error).with_data(map)`. Contradicting arguments:
//! `Failure::usage(sentence, hint)`. Something asked of a person: only if `context.ui.may_ask()`.

use crate::args::Format;
use crate::context::Context;
use crate::failure::Failure;
use rev_engine::ExitKind;

mod adopt;
mod autogenerate;
mod backup;
mod branches;
mod check;
mod completions;
mod current;
mod dev;
mod diff;
mod downgrade;
mod edit;
mod ensure_version;
mod graph;
mod heads;
mod history;
mod import;
mod init;
mod inspect;
mod lint;
mod list_templates;
mod log;
mod man;
mod merge;
mod rebase;
mod repair;
mod restore;
mod revision;
mod show;
mod stamp;
mod status;
mod test;
mod upgrade;
mod validate;

pub use backup::backup_json;
pub use validate::{finding_json, print_findings};

/// Makes the list of commands, and the way from a command to its `run`.
macro_rules! commands {
    ($($(#[$attribute:meta])* $name:ident => $module:ident $([$($format:ident),*])?,)*) => {
        /// What `rev` can do.
        #[derive(Debug, clap::Subcommand)]
        pub enum Command {
            $($(#[$attribute])* #[allow(missing_docs)] $name($module::Args),)*
        }

        impl Command {
            /// Carries the command out.
            ///
            /// # Errors
            /// Whatever stopped it.
            pub fn run(&self, context: &Context) -> Result<ExitKind, Failure> {
                match self {
                    $(Self::$name(args) => $module::run(args, context),)*
                }
            }

            /// Returns the formats it knows besides text and JSON.
            pub fn formats(&self) -> &'static [Format] {
                match self {
                    $(Self::$name(_) => &[$($(Format::$format),*)?],)*
                }
            }
        }
    };
}

commands! {
    Init => init,
    Autogenerate => autogenerate,
    Revision => revision,
    Upgrade => upgrade,
    Downgrade => downgrade,
    Stamp => stamp,
    Current => current,
    Status => status,
    Log => log,
    Repair => repair,
    EnsureVersion => ensure_version,
    Validate => validate,
    Backup => backup,
    Restore => restore,
    Import => import,
    Merge => merge,
    History => history,
    Heads => heads,
    Branches => branches,
    Graph => graph [Mermaid, Dot, Svg, Html],
    Show => show,
    Edit => edit,
    Rebase => rebase,
    Check => check,
    Lint => lint,
    Diff => diff,
    Inspect => inspect,
    Adopt => adopt,
    Test => test,
    Dev => dev,
    ListTemplates => list_templates,
    Completions => completions,
    Man => man,
}
