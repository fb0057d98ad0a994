//! TRUNCATE removes all rows at once.
//!
//! ## Problem
//!
//! The rows are gone, with CASCADE those of every table that refers to it too. ACCESS EXCLUSIVE is taken on each.
//!
//! ## Safe way
//!
//! Delete rows in batches, or take a verified backup (`--backup`) and accept the finding.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! TRUNCATE sessions;
//! ```
//!
//! ```sql
//! -- safe
//! -- rev:batch {table: sessions, key: id}
//! DELETE FROM sessions WHERE expired;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if !at.is("TRUNCATE") {
        return;
    }
    let cascade = if at.cursor().has(&["cascade"]) {
        ", and of every table that refers to it,"
    } else {
        ""
    };
    for table in at.facts().targets.iter().filter(|table| !at.is_new(table)) {
        problems.push(problem(
            format!("all rows of `{table}`{cascade} are lost"),
            "delete in batches, or take a backup first",
        ));
    }
}
