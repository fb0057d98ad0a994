//! The history as a picture: what the page shows, standing still.

use super::revision::first_line;
use super::rows::Rows;
use rev_dag::{RevisionId, Standing};
use rev_engine::{EngineError, History};
use std::fmt::Write;

const ROW: usize = 30;
const LANE: usize = 20;
const LEFT: usize = 24;
const TOP: usize = 16;
/// One colour a lane, as on the page; readable on white and on black.
const COLOURS: [&str; 8] = [
    "#3b7ae0", "#2f9e5b", "#d08a1d", "#9a5bd6", "#d64545", "#1f9aa0", "#c9519b", "#6b8e23",
];

/// Returns the picture.
///
/// # Errors
/// A revision without a file.
pub fn svg(
    history: &History,
    newest_first: &[RevisionId],
    standing: impl Fn(&RevisionId) -> Standing,
) -> Result<String, EngineError> {
    let rows = Rows::new(&history.graph, newest_first);
    let text_at = LEFT + rows.width * LANE + 6;
    let mut lines = Vec::with_capacity(newest_first.len());
    for id in newest_first {
        let revision = &history.file(id)?.header;
        let labels: String = revision
            .branch_labels
            .iter()
            .map(|label| format!(" ({label})"))
            .collect();
        lines.push((id, labels, first_line(&revision.message).to_owned()));
    }
    // A rough width of the letters: a picture has no way to ask.
    let longest = lines
        .iter()
        .map(|(id, labels, message)| {
            id.chars().count() + labels.chars().count() + message.chars().count()
        })
        .max()
        .unwrap_or_default();
    let (width, height) = (
        text_at + 40 + longest * 8,
        TOP * 2 + newest_first.len() * ROW,
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for link in &rows.links {
        let (from, to) = (x(rows.lanes[link.upper]), x(rows.lanes[link.lower]));
        let way = way(from, x(link.lane), to, link.upper, link.lower);
        let dashes = if link.parent {
            ""
        } else {
            " stroke-dasharray=\"4 4\""
        };
        let _ = writeln!(
            out,
            "<path d=\"{way}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{dashes}/>",
            COLOURS[link.lane % COLOURS.len()]
        );
    }
    for (row, (id, labels, message)) in lines.iter().enumerate() {
        let lane = rows.lanes[row];
        let colour = match standing(id) {
            Standing::Unknown => COLOURS[lane % COLOURS.len()],
            Standing::Applied | Standing::Current => "#15803d",
            Standing::Pending => "#98a2b3",
        };
        let fill = if standing(id) == Standing::Pending {
            "#ffffff"
        } else {
            colour
        };
        let (x, y) = (x(lane), y(row));
        let _ = writeln!(
            out,
            "<g><title>{}</title>",
            escape(&format!("{id}: {message}"))
        );
        if standing(id) == Standing::Current {
            let _ = writeln!(
                out,
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
            );
        }
        let _ = writeln!(
            out,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"5.5\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"2\"/>"
        );
        let _ = writeln!(
            out,
            "<text x=\"{text_at}\" y=\"{}\"><tspan font-family=\"ui-monospace, Menlo, monospace\" font-size=\"12.5\" fill=\"#667085\">{}</tspan><tspan fill=\"#7c3aed\">{}</tspan><tspan dx=\"10\" fill=\"#1d2330\">{}</tspan></text></g>",
            y + 5,
            escape(id),
            escape(labels),
            escape(message)
        );
    }
    out.push_str("</svg>\n");
    Ok(out)
}

fn x(lane: usize) -> usize {
    LEFT + lane * LANE
}

fn y(row: usize) -> usize {
    TOP + row * ROW + ROW / 2
}

/// From one revision down to another: over to the lane between them, down in it, and over to the other's.
fn way(from: usize, lane: usize, to: usize, upper: usize, lower: usize) -> String {
    let bend = |x1: usize, y1: usize, x2: usize, y2: usize| {
        format!("C{x1} {0} {x2} {0} {x2} {y2}", usize::midpoint(y1, y2))
    };
    let mut way = format!("M{from} {}", y(upper));
    if lower == upper + 1 {
        way.push_str(&bend(from, y(upper), to, y(lower)));
        return way;
    }
    if from != lane {
        way.push_str(&bend(from, y(upper), lane, y(upper + 1)));
    }
    if lane == to {
        let _ = write!(way, "L{to} {}", y(lower));
    } else {
        let _ = write!(way, "L{lane} {}", y(lower - 1));
        way.push_str(&bend(lane, y(lower - 1), to, y(lower)));
    }
    way
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Control characters are no XML.
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
