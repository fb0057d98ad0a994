//! The history as text for other programs to draw: Mermaid and Graphviz.
//!
//! Both draw upwards, newest on top; parents are plain arrows, dependencies dashed ones.

use std::fmt::Write;

use crate::graph::Ix;
use crate::marks::Marks;
use crate::order::upgrade_order;
use crate::{Revision, RevisionGraph, RevisionId};

/// How a revision stands to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// No database was asked.
    #[default]
    Unknown,
    /// It has run.
    Applied,
    /// It has run and is a row of the version table.
    Current,
    /// It has not run.
    Pending,
}

impl Standing {
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Applied => Some("applied"),
            Self::Current => Some("current"),
            Self::Pending => Some("pending"),
        }
    }
}

impl RevisionGraph {
    /// Returns these revisions as a Mermaid flowchart. The text in a box is the id, the message and the labels.
    pub fn to_mermaid<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        standing: impl Fn(&RevisionId) -> Standing,
    ) -> String {
        let shown = self.shown(ids);
        let mut text = String::from("flowchart BT\n");
        // Nodes get short names of our own: an id may be a word of Mermaid, `end` for one.
        let order = upgrade_order(self, &shown);
        let mut name = vec![0; self.len()];
        for (position, &ix) in order.iter().enumerate() {
            name[ix as usize] = position;
            let revision = &self.revisions[ix as usize];
            let words: Vec<String> = words(revision)
                .iter()
                .map(|line| mermaid_text(line))
                .collect();
            let class = standing(&revision.id)
                .class()
                .map_or(String::new(), |class| format!(":::{class}"));
            let _ = writeln!(text, "    r{position}[\"{}\"]{class}", words.join("<br/>"));
        }
        for (below, above, parent) in self.arrows(&order, &shown) {
            let arrow = if parent { "-->" } else { "-.->" };
            let _ = writeln!(
                text,
                "    r{} {arrow} r{}",
                name[below as usize], name[above as usize]
            );
        }
        for (class, style) in STYLES {
            let _ = writeln!(
                text,
                "    classDef {class} fill:{},stroke:{},color:#1b1f24",
                style.fill, style.line
            );
        }
        text
    }

    /// Returns these revisions as a Graphviz digraph.
    pub fn to_dot<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        standing: impl Fn(&RevisionId) -> Standing,
    ) -> String {
        let shown = self.shown(ids);
        let order = upgrade_order(self, &shown);
        let mut text = String::from(
            "digraph history {\n    rankdir=BT;\n    \
             node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"Helvetica\"];\n",
        );
        for &ix in &order {
            let revision = &self.revisions[ix as usize];
            let words: Vec<String> = words(revision).iter().map(|line| dot_text(line)).collect();
            let class = standing(&revision.id).class();
            let style = STYLES.iter().find(|(name, _)| Some(*name) == class);
            let colours = style.map_or(String::new(), |(_, style)| {
                format!(", fillcolor=\"{}\", color=\"{}\"", style.fill, style.line)
            });
            let _ = writeln!(
                text,
                "    \"{}\" [label=\"{}\"{colours}];",
                dot_text(&revision.id),
                words.join("\\n")
            );
        }
        for (below, above, parent) in self.arrows(&order, &shown) {
            let style = if parent { "" } else { " [style=dashed]" };
            let _ = writeln!(
                text,
                "    \"{}\" -> \"{}\"{style};",
                dot_text(self.id(below)),
                dot_text(self.id(above))
            );
        }
        text.push_str("}\n");
        text
    }

    /// Returns the edges among the shown revisions, from below to above, and whether each is to a parent.
    pub(crate) fn arrows<'a>(
        &'a self,
        order: &'a [Ix],
        shown: &'a Marks,
    ) -> impl Iterator<Item = (Ix, Ix, bool)> + 'a {
        order.iter().flat_map(move |&above| {
            let parents = self.parents.of(above);
            let below = self
                .needs
                .of(above)
                .iter()
                .filter(|&&below| shown.contains(below));
            below.map(move |&below| (below, above, parents.contains(&below)))
        })
    }
}

struct Style {
    fill: &'static str,
    line: &'static str,
}

const STYLES: [(&str, Style); 3] = [
    (
        "applied",
        Style {
            fill: "#d7f0dd",
            line: "#2f8f4e",
        },
    ),
    (
        "current",
        Style {
            fill: "#8fd6a3",
            line: "#1a6b36",
        },
    ),
    (
        "pending",
        Style {
            fill: "#fdf3d0",
            line: "#b58a00",
        },
    ),
];

/// Returns what stands in a box, line by line.
fn words(revision: &Revision) -> Vec<String> {
    let mut lines = vec![revision.id.to_string()];
    lines.extend(
        revision
            .message
            .lines()
            .next()
            .filter(|message| !message.is_empty())
            .map(str::to_owned),
    );
    if !revision.branch_labels.is_empty() {
        lines.push(format!("({})", revision.branch_labels.join(", ")));
    }
    lines
}

/// Writes everything that Mermaid or the HTML around it could take for more than text as an entity.
fn mermaid_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '\\' => {
                let _ = write!(safe, "#{};", u32::from(c));
            }
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

fn dot_text(text: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => vec!['\\', c],
        c if c.is_control() => vec![' '],
        c => vec![c],
    };
    text.chars().flat_map(escape).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::drawing::revisions;

    fn example() -> RevisionGraph {
        let mut revisions = revisions("a <- b label left, a <- c dep b");
        revisions[0].message = "say \"hi\" & <go>\nmore".to_owned();
        RevisionGraph::new(revisions).unwrap()
    }

    fn standing(id: &RevisionId) -> Standing {
        match id.as_str() {
            "a" => Standing::Applied,
            "b" => Standing::Current,
            _ => Standing::Pending,
        }
    }

    #[test]
    fn mermaid() {
        assert_snapshot!(example().to_mermaid(["a", "b", "c"], standing), @r##"
        flowchart BT
            r0["a<br/>say #34;hi#34; #38; #60;go#62;"]:::applied
            r1["b<br/>(left)"]:::current
            r2["c"]:::pending
            r0 --> r1
            r0 --> r2
            r1 -.-> r2
            classDef applied fill:#d7f0dd,stroke:#2f8f4e,color:#1b1f24
            classDef current fill:#8fd6a3,stroke:#1a6b36,color:#1b1f24
            classDef pending fill:#fdf3d0,stroke:#b58a00,color:#1b1f24
        "##);
    }

    #[test]
    fn dot() {
        assert_snapshot!(example().to_dot(["a", "b", "c"], standing), @r##"
        digraph history {
            rankdir=BT;
            node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="Helvetica"];
            "a" [label="a\nsay \"hi\" & <go>", fillcolor="#d7f0dd", color="#2f8f4e"];
            "b" [label="b\n(left)", fillcolor="#8fd6a3", color="#1a6b36"];
            "c" [label="c", fillcolor="#fdf3d0", color="#b58a00"];
            "a" -> "b";
            "a" -> "c";
            "b" -> "c" [style=dashed];
        }
        "##);
    }
}
