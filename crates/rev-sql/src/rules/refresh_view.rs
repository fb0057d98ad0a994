//! REFRESH MATERIALIZED VIEW blocks readers of the view.
//!
//! ## Problem
//!
//! ACCESS EXCLUSIVE is held while the query runs.
//!
//! ## Safe way
//!
//! REFRESH … CONCURRENTLY lets them read on. It needs a unique index on the view.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! REFRESH MATERIALIZED VIEW totals;
//! ```
//!
//! ```sql
//! -- safe
//! REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    if !at.is("REFRESH MATERIALIZED VIEW") || at.cursor().has(&["concurrently"]) {
        return;
    }
    let Some(view) = at.old_table() else { return };
    let mut found = problem(
        format!("readers of `{view}` wait while its query runs"),
        "refresh it CONCURRENTLY",
    );
    if let Some(sql) = at.with_word_after(&["view"], "CONCURRENTLY") {
        found = found.safe(sql);
    }
    problems.push(found);
}
