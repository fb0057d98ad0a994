//! `rev history`.

use crate::context::Context;
use crate::failure::Failure;
use crate::live::with_surroundings;
use crate::ui::{Styles, Ui, paint};
use crate::view::{View, object, revision};
use rev_dag::{Drawn, Node, Pen, RevisionId, Standing};
use rev_engine::commands::current::current;
use rev_engine::commands::history::{HistoryReport, history};
use rev_engine::{EngineError, ExitKind, History, Project};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::mem::ManuallyDrop;

/// Show the history as it grew, newest first
///
/// Draws the graph: every branch and merge can be seen. With `-i` the database
/// is asked what it has: `●` is applied, `◉` is where it stands, `○` is pending.
///
///     rev history
///     rev history -r 3f2a:head          a part of it, both ends included
///     rev history -r billing@base:      one branch
///     rev history -i -r current:        what is still to come
///     rev history -v                    with dates, files and whole messages
///     rev history --format json
///
/// Exit codes: 0 done, 1 the range does not lie on one line, 7 database unreachable (`-i`), 8 the history is unsound.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: `a:b`, where either end may be left out and `current` is where the database stands
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// Ask the database and mark what it has
    #[arg(short, long)]
    indicate_current: bool,
    /// Draw with letters that every terminal has
    #[arg(long)]
    ascii: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<ExitKind, Failure> {
    let project = context.project()?;
    let range = args.rev_range.as_deref();
    let asks = args.indicate_current || range.is_some_and(|range| range.contains("current"));
    let (all, rows) = looked_at(context, &project, asks)?;
    let report = history(&all, range, rows.as_deref())?;
    context.show(&HistoryView {
        history: &all,
        report,
        pen: if args.ascii { Pen::Ascii } else { Pen::Curved },
    })
}

/// Reads the history, and the rows of the database if it is to be asked. A row that no file knows is said, not fatal: who
/// looks at a history wants to see it all the more then.
///
/// # Errors
/// The history is unsound or the database cannot be reached.
pub fn looked_at(
    context: &Context,
    project: &Project,
    asks: bool,
) -> Result<(ManuallyDrop<History>, Option<Vec<String>>), Failure> {
    if !asks {
        return Ok((context.history(project)?, None));
    }
    let report = with_surroundings(context, async |surroundings| {
        current(project, None, surroundings).await
    })?;
    for row in &report.unknown {
        let stored = report.stored(row);
        context.ui.warn(format_args!(
            "the database is at `{row}`, which has no file here{}",
            stored
                .map(|stored| format!(": {stored}"))
                .unwrap_or_default()
        ));
    }
    Ok((ManuallyDrop::new(report.history), Some(report.implied)))
}

/// The history, drawn.
pub struct HistoryView<'a> {
    /// Where the revisions come from.
    pub history: &'a History,
    /// Which, and what a database has of them.
    pub report: HistoryReport,
    /// The characters to draw with.
    pub pen: Pen,
}

impl HistoryView<'_> {
    fn standing(&self, id: &RevisionId) -> Standing {
        self.report.standing(id)
    }

    fn glyph(&self, id: &RevisionId) -> char {
        match (self.standing(id), self.pen) {
            (Standing::Unknown | Standing::Pending, Pen::Ascii) => 'o',
            (Standing::Applied, Pen::Ascii) => '*',
            (Standing::Current, Pen::Ascii) => '@',
            (Standing::Unknown | Standing::Pending, _) => '○',
            (Standing::Applied, _) => '●',
            (Standing::Current, _) => '◉',
        }
    }

    /// Returns the text beside a revision, as many lines as it takes.
    fn text_of(
        &self,
        id: &RevisionId,
        verbosity: u8,
        styles: Styles,
    ) -> Result<Vec<String>, EngineError> {
        let mut first = revision::line(self.history, id, styles)?;
        if self.standing(id) == Standing::Current {
            first.push_str(&format!("  {}", paint(styles.applied, "<- current")));
        }
        let mut lines = vec![first];
        if verbosity > 0 {
            let entry = self.history.file(id)?;
            let header = &entry.header;
            lines.extend(header.message.lines().skip(1).map(str::to_owned));
            let mut fact = |text: String| lines.push(paint(styles.dim, text).to_string());
            fact(format!(
                "{}  {}",
                header.create_date.format("%Y-%m-%d %H:%M"),
                entry.shown.display()
            ));
            if !header.depends_on.is_empty() {
                fact(format!("depends on {}", header.depends_on.join(", ")));
            }
            lines.push(String::new());
        }
        Ok(lines)
    }

    /// Returns the drawing as text.
    ///
    /// # Errors
    /// A revision without a file.
    pub fn drawn(&self, verbosity: u8, styles: Styles) -> Result<String, EngineError> {
        let lines = |id: &RevisionId| match verbosity {
            0 => 1,
            _ => self
                .text_of(id, verbosity, Styles::default())
                .map_or(1, |lines| lines.len()),
        };
        let node = |id: &RevisionId| Node {
            glyph: self.glyph(id),
            lines: lines(id),
        };
        let ids = self.report.revisions.iter().map(RevisionId::as_str);
        let mut out = String::new();
        for drawn in self.history.graph.draw(ids, self.pen, node) {
            self.add(&mut out, &drawn, verbosity, styles)?;
        }
        Ok(out)
    }

    fn add(
        &self,
        out: &mut String,
        drawn: &Drawn,
        verbosity: u8,
        styles: Styles,
    ) -> Result<(), EngineError> {
        let texts = self.text_of(&drawn.revision, verbosity, styles)?;
        let style = match self.standing(&drawn.revision) {
            Standing::Unknown => styles.mark,
            Standing::Pending => styles.pending,
            Standing::Applied | Standing::Current => styles.applied,
        };
        for (index, line) in drawn.lines.iter().enumerate() {
            let text = texts.get(index).map_or("", String::as_str);
            if index == 0 {
                // The glyph alone takes the colour: the lines beside it belong to other branches.
                let (before, rest) = split_at_char(line, drawn.glyph_at);
                let (glyph, after) = split_at_char(rest, 1);
                let _ = write!(out, "{before}{}{after}{text}", paint(style, glyph));
            } else {
                let _ = write!(out, "{line}{text}");
            }
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
        Ok(())
    }
}

fn split_at_char(text: &str, count: usize) -> (&str, &str) {
    text.split_at(
        text.char_indices()
            .nth(count)
            .map_or(text.len(), |(offset, _)| offset),
    )
}

impl View for HistoryView<'_> {
    fn json(&self) -> Result<Map<String, Value>, Failure> {
        let mut revisions = Vec::new();
        for id in self.report.revisions.iter().rev() {
            let mut one = revision::json(self.history, id)?;
            one.extend(revision::standing(self.standing(id)));
            revisions.push(Value::Object(one));
        }
        Ok(object(json!({"revisions": revisions})))
    }

    fn text(&self, ui: &Ui) -> Result<(), Failure> {
        if self.history.graph.is_empty() {
            ui.say("no revisions yet");
        }
        ui.print(self.drawn(ui.verbosity(), ui.out_styles)?)
    }
}
