//! CREATE INDEX blocks writes while it is built.
//!
//! ## Problem
//!
//! A SHARE lock is held on the table until the index is done: INSERT, UPDATE and DELETE wait.
//!
//! ## Safe way
//!
//! Build it CONCURRENTLY. `rev` runs such a statement outside of a transaction and cleans up after a failed build.
//! On a table that the same revision makes, the plain form is right.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE INDEX users_email ON users (email);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE INDEX CONCURRENTLY users_email ON users (email);
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if !at.is("CREATE INDEX") || at.facts().concurrent_index.is_some() {
        return;
    }
    let Some(table) = at.old_table() else { return };
    // CONCURRENTLY is refused on a partitioned table, and ONLY builds nothing there.
    if at
        .cursor()
        .find(&["on"])
        .is_some_and(|cursor| cursor.sees(&["only"]))
    {
        return;
    }
    let mut found = problem(
        format!("writes to `{table}` wait while the index is built"),
        "build it CONCURRENTLY",
    );
    if let Some(sql) = at.with_word_after(&["index"], "CONCURRENTLY") {
        found = found.safe(sql);
    }
    problems.push(found);
}
