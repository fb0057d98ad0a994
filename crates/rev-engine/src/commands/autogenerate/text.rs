//! The difference as text for a person: one statement after another, what it endangers said above it.

use rev_schema::{Changes, PlannedStatement};

/// How the text is written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// Let functions in without looking at their bodies, as a dump does.
    pub unchecked_bodies: bool,
}

/// Returns the statements as a section of a revision file.
pub(super) fn section(changes: &Changes, style: Style) -> String {
    let mut out = String::new();
    let mut unchecked = false;
    let mut about = None;
    for statement in &changes.statements {
        if !out.is_empty() {
            // What belongs to one object stays together, as far as each statement is short.
            let close = about == Some(&statement.about)
                && is_short(statement)
                && statement.hazards.is_empty();
            out.push_str(if close && statement.loses.is_empty() {
                "\n"
            } else {
                "\n\n"
            });
        }
        about = Some(&statement.about);
        if style.unchecked_bodies {
            let function = is_function(&statement.sql);
            if function && (!unchecked || statement.breaks_before) {
                out.push_str("SET LOCAL check_function_bodies = off;\n\n");
            }
            unchecked = function;
        }
        for loss in &statement.loses {
            push_comment(&mut out, "loses", loss);
        }
        for hazard in &statement.hazards {
            push_comment(&mut out, "caution", &hazard.message);
        }
        out.push_str(statement.sql.trim_end());
        out.push(';');
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn push_comment(out: &mut String, word: &str, text: &str) {
    // One line each, so that nothing of the text can end the comment.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    out.push_str(&format!("-- {word}: {text}\n"));
}

fn is_short(statement: &PlannedStatement) -> bool {
    !statement.sql.contains('\n')
}

pub(super) fn is_function(sql: &str) -> bool {
    let facts = rev_sql::facts(sql);
    facts.verb.starts_with("CREATE") && matches!(facts.object, Some("function" | "procedure"))
}
