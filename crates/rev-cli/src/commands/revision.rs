//! `rev revision`.

use crate::commands::autogenerate::How;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;
use crate::view::{View, object};
use chrono::SecondsFormat;
use rev_engine::ExitKind;
use rev_engine::commands::derive_downgrade::{DerivedDowngrade, derive_downgrade};
use rev_engine::commands::revision::revision;
use rev_engine::new_revision::{NewRevision, NewRevisionOptions};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Write an empty revision, to be filled in by hand
///
/// The file's path goes to stdout. Its header names the parent; what to do is
/// written under `-- rev:upgrade`, the way back under `-- rev:downgrade`.
///
///     rev revision -m "backfill roles"
///     rev revision -m "billing: start" --head base --branch-label billing
///     rev revision -m "invoices" --head billing@head --depends-on core
///     $EDITOR $(rev revision -q -m "fix totals")
///     rev revision --derive-downgrade revisions/20261120_3f2a_fix_totals.sql
///
/// Exit codes: 0 done, 1 the file exists or cannot be written, 8 the history is
/// unsound or has several heads (name one with --head).
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    new: NewRevisionArgs,
    /// Fill it with the difference between models and history, as `rev autogenerate` does
    #[arg(long)]
    autogenerate: bool,
    /// Write the downgrade of a hand-written revision, found by running its upgrade on the dev database
    #[arg(long, value_name = "FILE", conflicts_with = "autogenerate")]
    derive_downgrade: Option<String>,
}

/// The arguments of all commands that write a revision.
#[derive(Debug, clap::Args)]
pub struct NewRevisionArgs {
    /// What it is for; the first line names the file
    #[arg(short, long, value_name = "TEXT", default_value = "")]
    pub message: String,
    /// Parent: an id, a label, `billing@head`, or `base` for a new line [default: head]
    #[arg(long, value_name = "TARGET")]
    pub head: Vec<String>,
    /// Let the parent be a revision that others follow already: a new branch
    #[arg(long)]
    pub splice: bool,
    /// Name the line of revisions that starts here
    #[arg(long, value_name = "LABEL")]
    pub branch_label: Vec<String>,
    /// What must be applied first without being the parent: an id or a label
    #[arg(long, value_name = "TARGET")]
    pub depends_on: Vec<String>,
    /// Revisions folder to write to [default: beside the parent named with --head, else the first]
    #[arg(long, value_name = "DIR")]
    pub version_path: Option<PathBuf>,
    /// Identifier to use instead of a made-up one
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
}

impl From<&NewRevisionArgs> for NewRevisionOptions {
    fn from(args: &NewRevisionArgs) -> Self {
        Self {
            message: args.message.clone(),
            heads: args.head.clone(),
            splice: args.splice,
            branch_labels: args.branch_label.clone(),
            depends_on: args.depends_on.clone(),
            version_path: args.version_path.clone(),
            rev_id: args.rev_id.clone(),
        }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    if args.autogenerate {
        return super::autogenerate::generate(&args.new, &How::default(), context);
    }
    let project = context.project()?;
    if let Some(file) = &args.derive_downgrade {
        let events = |event| context.ui.event(event);
        let derived = context.block_on(derive_downgrade(&project, file, &events))?;
        return context.show(&Derived(derived));
    }
    let new = revision(
        &project,
        &(&args.new).into(),
        &*context.clock(),
        &*context.ids(),
    )?;
    context.show(&Written(new))
}

/// A revision that was written: its path on stdout, a sentence on stderr.
pub struct Written(pub NewRevision);

impl View for Written {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let header = &self.0.header;
        Ok(object(json!({
            "revision": header.revision,
            "down_revision": header.down_revision,
            "depends_on": header.depends_on,
            "branch_labels": header.branch_labels,
            "message": header.message,
            "create_date": header.create_date.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            "path": self.0.shown.display().to_string(),
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        ui.println(self.0.shown.display())?;
        ui.flush()?;
        let header = &self.0.header;
        ui.say(match header.down_revision.as_slice() {
            [] => format!("revision {} starts a line of its own", header.revision),
            [parent] => format!("revision {} follows {parent}", header.revision),
            parents => format!(
                "revision {} merges {}",
                header.revision,
                parents.join(" and ")
            ),
        });
        Ok(())
    }
}

/// A downgrade that was written into its file.
struct Derived(DerivedDowngrade);

impl View for Derived {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let derived = &self.0;
        Ok(object(json!({
            "revision": derived.revision.as_str(),
            "path": derived.path.display().to_string(),
            "downgrade": derived.sql,
            "losses": derived.losses,
        })))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        ui.println(self.0.path.display())?;
        ui.flush()?;
        for loss in &self.0.losses {
            ui.warn(format_args!("the downgrade loses {loss}"));
        }
        ui.say(format_args!(
            "the downgrade of {} was written, and leads back",
            self.0.revision
        ));
        Ok(())
    }
}
