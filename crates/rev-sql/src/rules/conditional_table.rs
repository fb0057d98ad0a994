//! CREATE TABLE IF NOT EXISTS says nothing when a different table is in the way.
//!
//! ## Problem
//!
//! A table of that name with other columns is taken for the right one, and the mistake shows up later.
//!
//! ## Safe way
//!
//! Leave IF NOT EXISTS out: the history knows what exists. Where a table may be there already, `rev adopt` or `rev
//! stamp` takes the database over.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE TABLE users (id bigint PRIMARY KEY);
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if at.is("CREATE TABLE") && at.cursor().has(&["if", "not", "exists"]) {
        problems.push(problem(
            "a different table of that name would be taken for this one without a word",
            "leave IF NOT EXISTS out",
        ));
    }
}
