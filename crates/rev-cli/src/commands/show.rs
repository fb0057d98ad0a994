//! `rev show`.

use crate::commands::history::looked_at;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object, revision};
use rev_dag::RevisionId;
use rev_engine::commands::show::named;
use rev_engine::{ExitKind, History};
use serde_json::{Map, Value, json};
use std::mem::ManuallyDrop;

/// Show a revision: its header and its SQL
///
///     rev show head
///     rev show 3f2a                the start of an id is enough
///     rev show billing@head
///     rev show head-1 --format json
///     rev show -q head             the header alone
///
/// Exit codes: 0 done, 1 no such revision, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: an id, a label, `head`, `heads`, `billing@head`, `head-1`, `current` …
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: String,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let (history, rows) = looked_at(context, &project, args.target.contains("current"))?;
    let ids = named(&history, &args.target, &rows.unwrap_or_default())?;
    context.show(&Report {
        history,
        ids,
        sql: !context.global.quiet,
    })
}

struct Report {
    history: ManuallyDrop<History>,
    ids: Vec<RevisionId>,
    sql: bool,
}

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let mut all = Vec::new();
        for id in &self.ids {
            let mut one = revision::json(&self.history, id)?;
            let body = self.history.body(id)?;
            one.insert("upgrade".into(), body.upgrade.text.into());
            one.insert(
                "downgrade".into(),
                body.downgrade.map(|section| section.text).into(),
            );
            all.push(Value::Object(one));
        }
        Ok(object(json!({"revisions": all})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let styles = ui.out_styles;
        for (index, id) in self.ids.iter().enumerate() {
            ui.print(if index > 0 { "\n" } else { "" })?;
            ui.print(revision::details(&self.history, id, styles)?)?;
            if !self.sql {
                continue;
            }
            let body = self.history.body(id)?;
            let sections = [
                ("-- rev:upgrade", Some(body.upgrade), styles.added),
                ("-- rev:downgrade", body.downgrade, styles.removed),
            ];
            for (marker, section, style) in sections {
                if let Some(section) = section.filter(|section| !section.text.is_empty()) {
                    ui.println(format_args!(
                        "\n{}\n\n{}",
                        paint(style, marker),
                        section.text
                    ))?;
                }
            }
        }
        Ok(())
    }
}
