//! DROP INDEX locks the whole table.
//!
//! ## Problem
//!
//! ACCESS EXCLUSIVE is taken on the table: it waits for every running query, and everyone waits behind it.
//!
//! ## Safe way
//!
//! Drop it CONCURRENTLY, which takes a weak lock. An index of a constraint goes with the constraint.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! DROP INDEX users_email;
//! ```
//!
//! ```sql
//! -- safe
//! DROP INDEX CONCURRENTLY users_email;
//! ```

use crate::Name;
use crate::cursor::Cursor;
use crate::lint::{At, Problem, Severity, problem};
use crate::token::Token;

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if !at.is("DROP INDEX") || at.facts().concurrent_index.is_some() {
        return;
    }
    // The index of a table that this script makes is new as well.
    let is_new = at.script[..at.index].iter().any(|earlier| {
        earlier.facts.verb == "CREATE INDEX"
            && at
                .facts()
                .targets
                .iter()
                .all(|index| index_name(earlier.tokens).is_some_and(|name| name.may_be(index)))
    });
    if is_new {
        return;
    }
    let names: Vec<String> = at
        .facts()
        .targets
        .iter()
        .map(|index| format!("`{index}`"))
        .collect();
    let mut found = problem(
        format!(
            "reads and writes of the table of {} wait for this",
            names.join(", ")
        ),
        "drop it CONCURRENTLY",
    );
    if names.len() == 1
        && let Some(sql) = at.with_word_after(&["index"], "CONCURRENTLY")
    {
        found = found.safe(sql);
    }
    problems.push(found);
}

/// Returns the name that a CREATE INDEX gives.
fn index_name(tokens: &[Token]) -> Option<Name> {
    let mut cursor = Cursor::new(tokens).find(&["index"])?;
    cursor.eat(&["if", "not", "exists"]);
    cursor.name()
}
