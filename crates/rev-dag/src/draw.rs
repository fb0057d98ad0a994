//! The history as one would draw it on a whiteboard: newest on top, lines for parents, dotted lines for
//! dependencies.
//!
//! ```text
//! o    merge
//! ├─╮
//! o │  orders
//! │ o  search
//! ├─╯
//! o    users
//! ```
//!
//! This module makes the lines and leaves room for words: who prints them adds colours and text.

use renderdag::{Ancestor, GraphRowRenderer, Renderer};

use crate::graph::Ix;
use crate::marks::Marks;
use crate::order::upgrade_order;
use crate::{RevisionGraph, RevisionId};

/// The characters to draw with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pen {
    /// `├─╮`
    #[default]
    Curved,
    /// `├─┐`
    Square,
    /// `|\`
    Ascii,
}

/// One revision to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The character that stands for it, such as `o`.
    pub glyph: char,
    /// How many lines of text go with it; at least one.
    pub lines: usize,
}

/// One revision as drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The revision.
    pub revision: RevisionId,
    /// Where its glyph stands in the first line, counted in characters.
    pub glyph_at: usize,
    /// The drawing, line by line: the first line has the glyph. As many lines as text was announced end where
    /// the text begins; the rest are links to the revisions below.
    pub lines: Vec<String>,
}

/// Stands where text goes, and is taken out again.
const TEXT: char = '\u{1}';

impl RevisionGraph {
    /// Draws these revisions, newest first. An edge to a revision that is not among them ends in the open.
    pub fn draw<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        pen: Pen,
        node: impl Fn(&RevisionId) -> Node,
    ) -> Vec<Drawn> {
        let shown = self.shown(ids);
        let builder = || GraphRowRenderer::new().output().with_min_row_height(0);
        match pen {
            Pen::Curved => self.draw_with(builder().build_box_drawing(), &shown, node),
            Pen::Square => self.draw_with(
                builder().build_box_drawing().with_square_glyphs(),
                &shown,
                node,
            ),
            Pen::Ascii => self.draw_with(builder().build_ascii(), &shown, node),
        }
    }

    fn draw_with(
        &self,
        mut renderer: impl Renderer<Ix, Output = String>,
        shown: &Marks,
        node: impl Fn(&RevisionId) -> Node,
    ) -> Vec<Drawn> {
        let mut order = upgrade_order(self, shown);
        order.reverse();
        let mut drawn: Vec<Drawn> = Vec::with_capacity(order.len());
        for ix in order {
            let id = self.id(ix).clone();
            let Node { glyph, lines } = node(&id);
            let text = vec![TEXT.to_string(); lines.max(1)].join("\n");
            let drawing = renderer.next_row(ix, self.links(ix, shown), glyph.to_string(), text);
            // Where a line of revisions ended and another begins in its column, the renderer leaves a gap before
            // the glyph. It belongs to the revision above.
            let gap = drawing
                .lines()
                .take_while(|line| !line.contains(TEXT))
                .count();
            let mut lines: Vec<String> = drawing.lines().map(without_text).collect();
            let above: Vec<String> = lines.drain(..gap).collect();
            if let Some(previous) = drawn.last_mut() {
                previous.lines.extend(above);
            }
            let glyph_at = lines
                .first()
                .and_then(|line| line.chars().position(|drawn| drawn == glyph))
                .unwrap_or(0);
            drawn.push(Drawn {
                revision: id,
                glyph_at,
                lines,
            });
        }
        drawn
    }

    fn links(&self, ix: Ix, shown: &Marks) -> Vec<Ancestor<Ix>> {
        let parents = self.parents.of(ix);
        let mut links: Vec<Ancestor<Ix>> = Vec::new();
        let mut open_end = false;
        for &down in self.needs.of(ix) {
            if !shown.contains(down) {
                open_end = true;
            } else if parents.contains(&down) {
                links.push(Ancestor::Parent(down));
            } else {
                links.push(Ancestor::Ancestor(down));
            }
        }
        if open_end {
            links.push(Ancestor::Anonymous);
        }
        links
    }

    /// Returns the revisions of these names as a set; unknown names are left out.
    pub(crate) fn shown<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Marks {
        let mut shown = Marks::none(self.len());
        for &ix in ids.into_iter().filter_map(|id| self.by_id.get(id)) {
            shown.insert(ix);
        }
        shown
    }
}

/// Cuts a line where its text begins, or where it has nothing more to show.
fn without_text(line: &str) -> String {
    match line.split_once(TEXT) {
        Some((drawing, _)) => drawing.to_owned(),
        None => line.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::drawing::graph;

    fn picture(drawing: &str, pen: Pen) -> String {
        let graph = graph(drawing);
        let all = graph.in_order();
        let drawn = graph.draw(all.iter().map(|id| id.as_str()), pen, |_| Node {
            glyph: 'o',
            lines: 1,
        });
        let with_name = |row: &Drawn| {
            let mut lines = row.lines.clone();
            lines[0] += &row.revision;
            lines.join("\n")
        };
        drawn.iter().map(with_name).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_merge() {
        assert_snapshot!(picture("users <- orders, users <- search, orders <- merge, search <- merge", Pen::Curved), @r"
        o    merge
        ├─╮
        │ o  search
        o │  orders
        ├─╯
        o  users
        ");
    }

    #[test]
    fn a_merge_in_ascii() {
        assert_snapshot!(picture("users <- orders, users <- search, orders <- merge, search <- merge", Pen::Ascii), @r"
        o    merge
        |\
        | o  search
        o |  orders
        |/
        o  users
        ");
    }

    #[test]
    fn a_dependency_is_dotted() {
        assert_snapshot!(picture("a1 <- a2 <- a3, b1 <- b2 dep a2", Pen::Curved), @r"
        o    b2
        ├─╮
        │ ╷
        o ╷  b1
          ╷
        o ╷  a3
        ├─╯
        o  a2
        o  a1
        ");
    }

    #[test]
    fn several_lines_of_text() {
        let graph = graph("a <- b, a <- c, b <- d, c <- d");
        let drawn = graph.draw(["b", "c", "d"], Pen::Curved, |_| Node {
            glyph: '@',
            lines: 3,
        });
        let lines: Vec<String> = drawn
            .into_iter()
            .flat_map(|row| row.lines)
            .map(|line| format!("{line}."))
            .collect();
        assert_snapshot!(lines.join("\n"), @r"
        @    .
        ├─╮  .
        │ │  .
        │ @  .
        │ │  .
        │ ~  .
        │.
        @  .
        │  .
        ~  .
        ");
    }
}
