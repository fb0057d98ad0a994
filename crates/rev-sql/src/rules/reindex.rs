//! REINDEX blocks writes, and readers that would use the index.
//!
//! ## Problem
//!
//! SHARE is held on the table and ACCESS EXCLUSIVE on the index. Readers need a glance at every index to plan, so
//! they wait too.
//!
//! ## Safe way
//!
//! REINDEX … CONCURRENTLY builds beside the old index.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! REINDEX INDEX users_email;
//! ```
//!
//! ```sql
//! -- safe
//! REINDEX INDEX CONCURRENTLY users_email;
//! ```

use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Warning;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let facts = at.facts();
    if !facts.verb.starts_with("REINDEX") || facts.concurrent_index.is_some() {
        return;
    }
    let mut found = problem(
        "writes, and queries that would use the index, wait while it is built",
        "rebuild it CONCURRENTLY",
    );
    if facts.object != Some("system")
        && let Some(sql) =
            at.with_word_after(&["index", "table", "schema", "database"], "CONCURRENTLY")
    {
        found = found.safe(sql);
    }
    problems.push(found);
}
