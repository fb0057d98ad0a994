//! `rev graph`.

use crate::args::Format;
use crate::commands::history::{HistoryView, looked_at};
use crate::context::Context;
use crate::failure::Failure;
use crate::view::{graph_page, graph_svg, object, revision};
use rev_dag::{Pen, RevisionId};
use rev_engine::commands::history::{HistoryReport, history};
use rev_engine::{EngineError, ExitKind, History, files};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Draw the history: as text, Mermaid, Graphviz, SVG, or a page to look around in
///
/// `--format` is text, mermaid, dot, svg, html or json.
///
/// The page is one file and works offline: search, zoom, click a revision for
/// its SQL. Mermaid is what code hosts draw inside a text.
///
///     rev graph                                 on the terminal
///     rev graph --format html -o history.html   to look around in
///     rev graph --format mermaid                for a pull request
///     rev graph --format svg -o history.svg
///     rev graph --format dot | dot -Tpng -o history.png
///     rev graph --format json                   revisions and edges
///     rev graph -r billing@base: -i             a part, with what is applied
///
/// Exit codes: 0 done, 1 the range does not lie on one line, 7 database unreachable (`-i`), 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: `a:b`, where either end may be left out
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// Ask the database and mark what it has
    #[arg(short, long)]
    indicate_current: bool,
    /// File to write instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let range = args.rev_range.as_deref();
    let asks = args.indicate_current || range.is_some_and(|range| range.contains("current"));
    let (all, rows) = looked_at(context, &project, asks)?;
    let report = history(&all, range, rows.as_deref())?;
    let mut newest_first = report.revisions.clone();
    newest_first.reverse();
    let standing = |id: &RevisionId| report.standing(id);
    let ids = || newest_first.iter().map(RevisionId::as_str);
    let text = match context.global.format {
        Format::Json => format!("{:#}\n", json(&all, &report, &newest_first)?),
        Format::Mermaid => all.graph.to_mermaid(ids(), standing),
        Format::Dot => all.graph.to_dot(ids(), standing),
        Format::Svg => graph_svg::svg(&all, &newest_first, standing)?,
        Format::Html => graph_page::page(&all, &newest_first, standing)?,
        Format::Text | Format::Markdown => {
            let styles = if args.output.is_some() {
                Default::default()
            } else {
                context.ui.out_styles
            };
            HistoryView {
                history: &all,
                report,
                pen: Pen::Curved,
            }
            .drawn(context.ui.verbosity(), styles)?
        }
    };
    match &args.output {
        None => context.ui.print(text)?,
        Some(path) => {
            files::replace(path, &text)?;
            context.ui.say(format_args!("{} written", path.display()));
        }
    }
    Ok(ExitKind::Done)
}

/// Returns the revisions and the edges between them, newest first.
fn json(
    history: &History,
    report: &HistoryReport,
    newest_first: &[RevisionId],
) -> Result<Value, EngineError> {
    let mut edges = Vec::new();
    for id in newest_first {
        for parent in history.graph.parents(id) {
            edges
                .push(json!({"from": parent.as_str(), "to": id.as_str(), "kind": "down_revision"}));
        }
        for needed in history.graph.dependencies(id) {
            edges.push(json!({"from": needed.as_str(), "to": id.as_str(), "kind": "depends_on"}));
        }
    }
    let mut revisions = Vec::new();
    for id in newest_first {
        let mut one = revision::json(history, id)?;
        one.extend(revision::standing(report.standing(id)));
        revisions.push(Value::Object(one));
    }
    Ok(Value::Object(object(
        json!({"revisions": revisions, "edges": edges, "error": null}),
    )))
}
