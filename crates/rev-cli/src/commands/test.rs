//! `rev test`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::test::{TestOptions, TestOutcome, TestResult, test};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Try revisions on the dev database: up, down, and up again
///
/// After the way down the schema and all rows must be what they were, after the
/// second way up the schema must be what it was after the first. The project's own
/// database is not touched.
///
///     rev test
///     rev test head
///     rev test 3f2a 77c0 --seed tests/rows.sql
///
/// Exit codes: 0 all passed, 1 one failed, 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Revisions to try [default: all]
    #[arg(value_name = "REV")]
    revisions: Vec<String>,
    /// SQL with rows, run as soon as the schema allows it
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let options = TestOptions {
        revisions: args.revisions.clone(),
        seed: args.seed.clone(),
    };
    let results = context.block_on(test(&project, &options, &|event| context.ui.event(event)))?;
    context.show(&Results(results))
}

struct Results(Vec<TestResult>);

impl View for Results {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let results = self.0.iter().map(|result| {
            let (outcome, details) = match &result.outcome {
                TestOutcome::Passed => ("passed", Vec::new()),
                TestOutcome::Irreversible(why) => ("irreversible", vec![why.clone()]),
                TestOutcome::Failed(faults) => ("failed", faults.clone()),
            };
            json!({"revision": result.revision.as_str(), "message": result.message, "outcome": outcome, "details": details})
        });
        Ok(object(
            json!({"ok": self.exit() == ExitKind::Done, "results": results.collect::<Vec<_>>()}),
        ))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let styles = ui.out_styles;
        for result in &self.0 {
            let (style, word, details) = match &result.outcome {
                TestOutcome::Passed => (styles.added, "ok    ", Vec::new()),
                TestOutcome::Irreversible(why) => {
                    (styles.changed, "no way back", vec![why.clone()])
                }
                TestOutcome::Failed(faults) => (styles.error, "failed", faults.clone()),
            };
            ui.println(format_args!(
                "{} {}  {}",
                paint(style, word),
                paint(styles.revision, &result.revision),
                result.message
            ))?;
            for detail in details {
                ui.println(format_args!("       {detail}"))?;
            }
        }
        if self.0.is_empty() {
            ui.say("there is nothing to test");
        }
        Ok(())
    }

    fn exit(&self) -> ExitKind {
        let failed = |result: &TestResult| matches!(result.outcome, TestOutcome::Failed(_));
        if self.0.iter().any(failed) {
            ExitKind::Failed
        } else {
            ExitKind::Done
        }
    }
}
