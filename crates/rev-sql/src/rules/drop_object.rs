//! Code that still uses a dropped view, function, type or sequence fails.
//!
//! ## Problem
//!
//! There is no data in it (but in a sequence its position, and in a materialized view its rows), yet whoever calls
//! it gets an error from that moment on.
//!
//! ## Safe way
//!
//! Drop it only after the code that uses it is gone everywhere.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! DROP VIEW active_users;
//! ```
//!
//! ```sql
//! -- safe
//! CREATE OR REPLACE VIEW active_users AS SELECT * FROM users WHERE active;
//! ```

use crate::Name;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Note;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let kinds = [
        "view",
        "materialized view",
        "function",
        "procedure",
        "routine",
        "aggregate",
        "type",
        "domain",
        "sequence",
        "extension",
    ];
    let Some(kind) = at.facts().object.filter(|kind| kinds.contains(kind)) else {
        return;
    };
    if at.facts().verb.starts_with("DROP ") {
        for name in &at.facts().targets {
            if comes_back(at, name) {
                continue;
            }
            problems.push(problem(
                format!("code that still uses the {kind} `{name}` fails"),
                "drop it only after that code is gone everywhere",
            ));
        }
    }
}

/// Tells whether a later statement makes it again, as in a rebuild.
fn comes_back(at: &At, name: &Name) -> bool {
    at.script[at.index + 1..].iter().any(|later| {
        later.facts.verb.starts_with("CREATE ")
            && later.facts.object == at.facts().object
            && later.facts.targets.iter().any(|made| made.may_be(name))
    })
}
