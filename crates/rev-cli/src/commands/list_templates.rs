//! `rev list-templates`.

use crate::context::Context;
use crate::failure::Failure;
use crate::ui::{Ui, paint};
use crate::view::{View, object};
use rev_engine::ExitKind;
use rev_engine::commands::list_templates::{InitTemplate, list_templates};
use serde_json::{Map, Value, json};

/// List the projects that `rev init --template` can set up
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: &Args, context: &Context) -> Result<ExitKind, Failure> {
    context.show(&Report(list_templates()))
}

struct Report(&'static [InitTemplate]);

impl View for Report {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let templates = self
            .0
            .iter()
            .map(|template| json!({"name": template.name, "summary": template.summary}));
        Ok(object(json!({"templates": templates.collect::<Vec<_>>()})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        let width = self
            .0
            .iter()
            .map(|template| template.name.len())
            .max()
            .unwrap_or_default();
        for template in self.0 {
            ui.println(format_args!(
                "{}  {}",
                paint(
                    ui.out_styles.heading,
                    format_args!("{:width$}", template.name)
                ),
                template.summary
            ))?;
        }
        Ok(())
    }
}
