//! CREATE TABLE … PARTITION OF locks the parent, and reads the default partition.
//!
//! ## Problem
//!
//! ACCESS EXCLUSIVE is taken on the parent and on the default partition, whose rows are read to see that none
//! belongs into the new one.
//!
//! ## Safe way
//!
//! Make a table of its own with the same columns, then ATTACH it: the parent gets a weak lock only.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE events_2026 (LIKE events INCLUDING ALL);
//! ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if !at.is("CREATE TABLE") {
        return;
    }
    let Some(mut cursor) = at.cursor().find(&["partition", "of"]) else {
        return;
    };
    let Some(parent) = cursor.name().filter(|parent| !at.is_new(parent)) else {
        return;
    };
    problems.push(problem(
        format!("reads and writes of `{parent}` wait for this, and its default partition is read"),
        "create the table alone, then ATTACH it",
    ));
}
