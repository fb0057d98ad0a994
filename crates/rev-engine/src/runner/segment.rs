//! Cutting a revision into pieces that each commit once.
//!
//! Nearly every revision is one piece: all its statements, its version row and its history row commit together. Three
//! things cut it:
//!
//! - A statement that refuses a transaction runs alone.
//! - A new enum value can only be used after the transaction that added it has committed. Where a later statement names
//!   the value, the cut is made at once; where the use is hidden, the server's refusal tells, and the revision is cut and
//!   tried again.
//! - VALIDATE CONSTRAINT scans the table. In one transaction with the ADD … NOT VALID before it, that scan would happen
//!   under the lock that NOT VALID exists to avoid.
//! - A batch is many transactions by nature.

use super::script::ScriptStatement;
use std::collections::BTreeSet;

/// A piece of a revision; statements go by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// These commit together.
    Together(Vec<usize>),
    /// This one runs outside of any transaction.
    Alone(usize),
    /// This one is walked through in ranges of a key.
    Batch(usize),
}

/// What earlier attempts taught.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lessons {
    /// Every ADD VALUE ends its piece: the server said that one is used too early.
    pub commit_each_enum_value: bool,
    /// These refused a transaction although nothing in their text said so.
    pub alone: BTreeSet<usize>,
}

/// Cuts a revision's statements into pieces.
pub(crate) fn segments(statements: &[ScriptStatement], lessons: &Lessons) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut together = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let alone = statement.refuses_transaction.is_some() || lessons.alone.contains(&index);
        if statement.batch().is_some() || alone {
            flush(&mut segments, &mut together);
            segments.push(if alone {
                Segment::Alone(index)
            } else {
                Segment::Batch(index)
            });
            continue;
        }
        if statement.validates && touches_before(statements, &together, index) {
            flush(&mut segments, &mut together);
        }
        together.push(index);
        let commit_here = statement.enum_value.as_ref().is_some_and(|value| {
            let rest = &statements[index + 1..];
            let used = || rest.iter().any(|later| mentions(later, &value.value));
            // A run of ADD VALUE commits once, at its end.
            let followed_by_another = rest.first().is_some_and(|next| next.enum_value.is_some());
            !followed_by_another
                && !rest.is_empty()
                && (lessons.commit_each_enum_value || used_after_run(statements, index) || used())
        });
        if commit_here {
            flush(&mut segments, &mut together);
        }
    }
    flush(&mut segments, &mut together);
    segments
}

fn flush(segments: &mut Vec<Segment>, together: &mut Vec<usize>) {
    if !together.is_empty() {
        segments.push(Segment::Together(std::mem::take(together)));
    }
}

/// Whether any value of the run of ADD VALUE that ends at `last` is named later on.
fn used_after_run(statements: &[ScriptStatement], last: usize) -> bool {
    let rest = &statements[last + 1..];
    statements[..=last]
        .iter()
        .rev()
        .map_while(|statement| statement.enum_value.as_ref())
        .any(|value| rest.iter().any(|later| mentions(later, &value.value)))
}

/// Whether a statement may use an enum value: its text holds the value's. Too often yes costs a commit, too often no
/// costs an attempt that the server refuses.
fn mentions(statement: &ScriptStatement, value: &str) -> bool {
    statement.enum_value.is_none() && statement.sql.contains(value)
}

/// Whether a piece already holds the table that this statement validates.
fn touches_before(statements: &[ScriptStatement], together: &[usize], index: usize) -> bool {
    let Some(table) = &statements[index].table else {
        return !together.is_empty();
    };
    together.iter().any(|earlier| {
        let earlier = &statements[*earlier];
        earlier.adds_not_valid
            && earlier
                .table
                .as_ref()
                .is_none_or(|other| other.may_be(table))
    })
}
