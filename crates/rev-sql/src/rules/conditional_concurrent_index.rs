//! IF NOT EXISTS lets a broken index pass.
//!
//! ## Problem
//!
//! When a concurrent build fails, an INVALID index of that name stays behind. With IF NOT EXISTS the next try sees
//! the name, reports success and builds nothing.
//!
//! ## Safe way
//!
//! Leave IF NOT EXISTS out. `rev` looks into the catalogue after a crash, drops an INVALID index and builds it
//! again.
//!
//! ## Example
//!
//! ```sql
//! -- unsafe
//! CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email);
//! ```
//!
//! ```sql
//! -- safe
//! CREATE INDEX CONCURRENTLY users_email ON users (email);
//! ```

use crate::IndexAction;
use crate::lint::{At, Problem, Severity, problem};

pub(super) const SEVERITY: Severity = Severity::Error;

pub(super) fn check(at: &At, problems: &mut Vec<Problem>) {
    let Some(index) = &at.facts().concurrent_index else {
        return;
    };
    if index.action == IndexAction::Create && index.conditional {
        problems.push(problem(
            "IF NOT EXISTS reports success even where a failed build has left an INVALID index behind",
            "leave IF NOT EXISTS out; after a crash rev cleans up and builds the index again",
        ));
    }
}
